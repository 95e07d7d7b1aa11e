"""The decision sheet's way: owed when the chair signs, claimed, drawn by a task, stored with its fingerprint, sent.

The shapes that `Decision` keeps and a sheet shows (every key may be missing; what is missing is not shown):

* `decision.lines`: a list of `{category, label, description, provider, unit, pence, asked_pence, start, end,
  is_open_ended, days, total_pence, this_year_pence, next_year_pence, shares}`; pence are whole pence of
  `unit` (`one_off`, `weekly`, `monthly`); dates are ISO; both days count; a sheet adds `paid_by`, the shares in words.
* `decision.money`: `{lines: [{budget_line, available_before_pence, available_after_pence, this_year_pence,
  next_year_pence}], this_year_pence, next_year_pence, annualised_pence, basis, warnings: [str]}`.
* `decision.quorum`: `{met: bool | None, rule, clause, missing: [str], present: [{name, title}],
  apologies: [{name, title}], withdrew: [{name, title}]}`; `met` None where the policy states no quorum.
* `decision.findings`: the assessment's JSON; findings carry `rule`, `clause`, `effect`, `message`.

A sheet's own `clauses` are `{what, rule, clause}`: what the decision rests on also where no rule found anything.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from applications.models import SignOff
from decisions import states
from decisions.models import Action, Approval, CostNote, Decision, OutsideApproval, Sheet
from decisions.models.outside import PAYS
from decisions.queries.clauses import clauses_of, said_besides
from decisions.queries.following import in_words, notices_of
from decisions.queries.funding import shares_in_words
from decisions.queries.telling import told_of_decision
from decisions.states import DecisionState, DecisionStep, SheetState
from panels import services as panels_services
from people import services as people_services
from people.models import Council, User
from people.models.record import Verb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from decisions.models.decision import DecisionQuerySet

LEASE = timedelta(minutes=5)  # a task that has not come back by then is taken for dead
MOST_TRIES = 8
BATCH = 5  # sheets drawn before their letters leave
DRAW = "decisions.tasks.draw_owed_sheets"  # packs too


def digest_of(data: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON: sorted keys, no spaces, UTF-8."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


SHEET_READS = (
    "council",
    "application__child",
    "application__worker",
    "application__team",
    "item__meeting__panel",
    "policy_version__council",
    "supersedes",
    "recorded_by",
    "signed_by",
    "cost_note__confirmed_by",
)


def sheet_data(decision: Decision) -> dict[str, Any]:
    """Gather everything the sheet of a decision shows, as JSON. What is not in here the sheet does not show."""
    return shown_of(for_sheets(Decision.objects.filter(pk=decision.pk)).get())


def for_sheets(decisions: DecisionQuerySet) -> DecisionQuerySet:
    """Decisions read with everything their sheets show: a query for each part, for any number of decisions."""
    signatures = SignOff.objects.filter(answer=SignOff.Answer.SIGNED, void_at__isnull=True)
    outside = OutsideApproval.objects.filter(state__in=PAYS).select_related("agreed_by", "policy_version")
    parts: tuple[Any, ...] = (
        Prefetch("actions", Action.objects.select_related("owner")),
        Prefetch("approvals", Approval.objects.select_related("given_by")),
        Prefetch("application__sign_offs", signatures.select_related("given_by"), to_attr="signatures"),
        Prefetch("application__outside_approvals", outside.order_by("agreed_at"), to_attr="paid_outside"),
    )
    read = decisions.select_related(*SHEET_READS)
    return read.prefetch_related("conditions", "answers", "reviews", *parts)


def shown_of(decision: Decision) -> dict[str, Any]:
    """What the sheet of a decision shows, where it was read `for_sheets`; asks nothing more."""
    request: Any = decision.application
    meeting = decision.item.meeting
    child = request.child
    policy = panels_services.policy_of(decision.policy_version)
    outcomes = {outcome.code: outcome.label for outcome in policy.outcomes(meeting.panel.slug)}
    clauses = clauses_of(decision, policy=policy, signatures=request.signatures, approvals=decision.approvals.all())
    return {
        "format": 1,
        "council": decision.council.name,
        "panel": meeting.panel.name,
        "meeting": {"starts_at": meeting.starts_at.isoformat(), "number": meeting.number, "place": meeting.place},
        "minute": decision.minute_number,
        "decision": decision.reference,
        "version": decision.version,
        "supersedes": decision.supersedes.version if decision.supersedes else None,
        "request": {
            "reference": request.reference,
            "title": request.title,
            "ask": request.ask,
            "worker": str(request.worker),
            "team": request.team.name,
        },
        "child": {
            "name": f"{child.first_name} {child.last_name}",
            "date_of_birth": child.date_of_birth.isoformat() if child.date_of_birth else None,
            "due_date": child.due_date.isoformat() if child.due_date else None,
            "case_reference": child.case_reference,
        },
        "outcome": {
            "code": decision.outcome,
            "label": outcomes.get(decision.outcome, decision.outcome.replace("_", " ").capitalize()),
            "is_in_principle": decision.is_in_principle,
            "awaits": policy.role_title(decision.awaits_role) if decision.awaits_role else None,
        },
        "reasons": decision.reasons,
        "members_views": decision.members_views,
        "lines": [line | {"paid_by": shares_in_words(line.get("shares", ()))} for line in decision.lines],
        "money": decision.money,
        "outside": _outside(request.paid_outside),
        "conditions": [
            {"text": c.text, "owner": c.owner, "due": c.due.isoformat() if c.due else None}
            for c in decision.conditions.all()
        ],
        "actions": [{"text": a.text, "owner": str(a.owner), "due": a.due.isoformat()} for a in decision.actions.all()],
        "answers": [{"label": a.label, "words": in_words(a.value), "rule": a.rule} for a in decision.answers.all()],
        "cost": _cost(decision),
        "later_reviews": [
            review.due.isoformat()
            for review in decision.reviews.all()
            if decision.review_date and review.due > decision.review_date
        ],
        "review_date": decision.review_date.isoformat() if decision.review_date else None,
        "no_review_reason": decision.no_review_reason,
        "quorum": decision.quorum,
        "sign_offs": [
            {"role": policy.role_title(s.role), "by": str(s.given_by), "at": s.given_at.isoformat()}
            for s in request.signatures
        ],
        "policy": {"version": str(decision.policy_version), "digest": decision.policy_version.digest},
        "findings": said_besides(decision, clauses, policy=policy, approvals=decision.approvals.all()),
        "clauses": clauses,
        "recorded": {"by": str(decision.recorded_by), "at": decision.recorded_at.isoformat()},
        "signed": {
            "by": str(decision.signed_by) if decision.signed_by else "",
            "office": policy.role_title(policy.panel(meeting.panel.slug).offices.sheet_signed_by),
            "at": decision.signed_at.isoformat() if decision.signed_at else None,
        },
    }


def _cost(decision: Decision) -> dict[str, str] | None:
    note: CostNote | None = getattr(decision, "cost_note", None)
    if note is None:
        return None
    return {"words": note.words, "by": str(note.confirmed_by), "at": note.confirmed_at.isoformat(), "rule": note.rule}


def _outside(approvals: Sequence[OutsideApproval]) -> list[dict[str, Any]]:
    """What an officer had approved of this request outside the panel: the rest of what is paid for it."""
    made = []
    for approval in approvals:
        policy = panels_services.policy_of(approval.policy_version)
        made.append(
            {
                "reference": approval.reference,
                "by": str(approval.agreed_by),
                "office": policy.role_title(approval.role) if approval.role else "",
                "at": approval.agreed_at.isoformat(),
                "until": approval.valid_until.isoformat() if approval.valid_until else None,
                "pence": approval.pence,
                "reason": approval.reason,
                "rule": approval.rule,
            }
        )
    return made


@transaction.atomic
def owe_sheet(*, decision: Decision, by: User, at: datetime) -> Sheet:
    """Write down that a signed decision's sheet is to be drawn; called inside the signing transaction.

    The data is frozen now: names or policies that change later do not change the sheet. Owing it twice gives the
    same row.
    """
    found = Sheet.objects.filter(decision=decision).first()
    if found is not None:
        return found
    sheet = sheet_of(decision, sheet_data(decision), at=at)
    sheet.save(force_insert=True)
    people_services.ring_after_commit(DRAW)
    people_services.record_many(council=decision.council, happenings=[owed(sheet, decision, by=by, at=at)])
    return sheet


def sheet_of(decision: Decision, data: dict[str, Any], *, at: datetime) -> Sheet:
    """The sheet that is owed for a signed decision, not yet written."""
    return Sheet(
        decision=decision,
        reference=people_services.new_reference("S"),
        data=data,
        data_sha256=digest_of(data),
        next_try_at=at,
    )


def owed(sheet: Sheet, decision: Decision, *, by: User, at: datetime) -> people_services.Happening:
    """What the record says of a sheet that is owed."""
    return people_services.Happening(
        by=by,
        at=at,
        verb=Verb.COLLECTION,
        action="sheet.owed",
        subject="decision",
        subject_ref=decision.reference,
        facts={"sheet": sheet.reference, "data_sha256": sheet.data_sha256},
    )


def claim_owed(*, at: datetime, most: int = BATCH) -> list[Sheet]:
    """Take sheets that are to be drawn, so that no other worker draws them meanwhile; oldest first.

    A claim is one conditional UPDATE and lasts five minutes: a worker that dies gives its sheets back by then. Who
    takes as many as they may rings for the next worker.
    """
    due = Q(state=SheetState.OWED, next_try_at__lte=at) & (Q(claimed_until__isnull=True) | Q(claimed_until__lt=at))
    claimed = []
    for pk in Sheet.objects.filter(due).order_by("next_try_at").values_list("pk", flat=True)[:most]:
        if Sheet.objects.filter(due, pk=pk).update(claimed_until=at + LEASE):
            claimed.append(Sheet.objects.select_related("decision__council").get(pk=pk))
    if len(claimed) == most:
        people_services.ring_after_commit(DRAW)
    return claimed


@transaction.atomic
def store_sealed(*, sheet: Sheet, pdf: bytes, at: datetime) -> bool:
    """Store a sealed sheet, put its fingerprint in the record, mark the decision issued, and owe the messages.

    Returns:
        False when another worker had stored it already; nothing is written then.
    """
    sha256 = hashlib.sha256(pdf).hexdigest()
    if not Sheet.objects.filter(pk=sheet.pk, state=SheetState.OWED).update(
        state=SheetState.SEALED, file_sha256=sha256, sealed_at=at, claimed_until=None, fault=""
    ):
        return False
    decision = Decision.objects.select_for_update(of=("self",)).select_related("council").get(pk=sheet.decision_id)
    sheet.refresh_from_db()
    # The name holds the random reference only: a folder listing tells nothing.
    sheet.file.save(f"{sheet.reference}.pdf", ContentFile(pdf), save=False)
    Sheet.objects.filter(pk=sheet.pk).update(file=sheet.file.name)
    people_services.record(
        council=decision.council,
        by=None,
        at=at,
        verb=Verb.COLLECTION,
        action="sheet.sealed",
        subject="decision",
        subject_ref=decision.reference,
        facts={"sheet": sheet.reference, "file_sha256": sha256, "data_sha256": sheet.data_sha256},
    )
    if decision.state == DecisionState.SIGNED:
        decision.state = states.after_decision(DecisionState.SIGNED, DecisionStep.ISSUE)
        decision.issued_at = at
        decision.save(update_fields=["state", "issued_at"])
    people_services.owe_messages(
        council=decision.council,
        recipients=recipients_of(decision),
        template="decision_issued",
        reference=decision.application.reference,
        path=reverse("decisions:sheet", args=[sheet.reference]),
        event=f"{decision.reference}:issued",
        by=None,
        at=at,
        about=decision,
    )
    return True


def note_failure(*, sheet: Sheet, fault: str, at: datetime) -> None:
    """Write down that a sheet could not be drawn; tried again later and later, given up (and shown) after eight."""
    attempts = sheet.attempts + 1
    Sheet.objects.filter(pk=sheet.pk, state=SheetState.OWED).update(
        attempts=attempts,
        fault=fault[:200],
        claimed_until=None,
        next_try_at=at + timedelta(minutes=min(2**attempts, 30)),
        state=SheetState.FAILED if attempts >= MOST_TRIES else SheetState.OWED,
    )


@transaction.atomic
def draw_again(*, sheet: Sheet, by: User, at: datetime) -> None:
    """Put a sheet that had failed back among those to be drawn."""
    if Sheet.objects.filter(pk=sheet.pk, state=SheetState.FAILED).update(
        state=SheetState.OWED, attempts=0, next_try_at=at
    ):
        people_services.ring_after_commit(DRAW)
        people_services.record(
            council=sheet.decision.council,
            by=by,
            at=at,
            verb=Verb.ALTERATION,
            action="sheet.owed_again",
            subject="decision",
            subject_ref=sheet.decision.reference,
            facts={"sheet": sheet.reference},
        )


def recipients_of(decision: Decision) -> list[User]:
    """Everybody who is told of a decision: the worker, who signed for it, administrator, chair, whom a notice names.

    One row a person, whatever they are to the case; inactive accounts are left to the relay, which checks access
    again when it sends.
    """
    request = decision.application
    meeting = decision.item.meeting
    wanted = {request.worker_id, request.child.worker_id, meeting.administrator_id, meeting.chair_id}
    wanted |= set(request.sign_offs.filter(answer="signed", void_at__isnull=True).values_list("given_by_id", flat=True))
    policy = panels_services.policy_of(decision.policy_version)
    notices = notices_of(policy, meeting.panel.slug, decision.effect)
    told = told_of_decision(decision, notices, on=timezone.localdate(decision.recorded_at))
    wanted |= {person.pk for person in told}
    wanted |= set(decision.actions.values_list("owner_id", flat=True))
    return list(User.objects.filter(pk__in=wanted - {None}, council_id=decision.council_id).order_by("pk"))


def find_by_fingerprint(*, council: Council, sha256: str) -> Sheet | None:
    """The sheet of a council whose sealed file has this SHA-256, or None.

    Anybody of the council who holds a copy may ask whether it is genuine, so this asks for no access to the case;
    what it gives back must show nothing of the case but whether the copy stands.
    """
    return (
        Sheet.objects.filter(decision__council=council, file_sha256=sha256)
        .select_related("decision__superseded_by")
        .first()
    )
