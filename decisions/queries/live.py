"""Questions about a meeting while it is held: who is in the room, who counts for a case, what is on the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone

from applications.queries import assessment_of
from decisions.models import AgendaItem, AttendanceEvent, Decision, Interest, OutsideApproval
from decisions.rules import Arrival, Pace, Person, counting, pace_of, people_in
from decisions.states import DecisionState, ItemState
from panels.models import SeatHolder
from panels.rules.seating import is_expected

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from panels.models import Meeting
    from panels.policy import Policy
    from panels.rules import Assessment, Finding
    from people.models import User

# What the rules and a case's page read of a request, each several times. The rules look into alternatives and plan
# only where the policy asks for them.
PAPERS = ("lines", "other_funding", "views", "documents", "sign_offs")
WITH_DECISION = (ItemState.DECIDED, ItemState.DEFERRED)
FINISHED = (ItemState.DECIDED, ItemState.DEFERRED, ItemState.WITHDRAWN, ItemState.NOT_REACHED)


def with_papers(item: AgendaItem) -> AgendaItem:
    """The item with the parts of its request read once, however often rules and page ask for them afterwards."""
    if item.application is not None:
        prefetch_related_objects([item.application], *PAPERS)
        with_outside(item)
    return item


def knowing_of_outside(items: QuerySet[AgendaItem]) -> QuerySet[AgendaItem]:
    """Items that know, as `has_outside`, whether anything was approved outside the panel of their request."""
    there = OutsideApproval.objects.filter(application=OuterRef("application"))  # house: of what the caller may see
    return items.annotate(has_outside=Exists(there))


def with_outside(item: AgendaItem) -> None:
    """Read what was approved outside the panel of a case; where the item knows that nothing was, nothing is asked."""
    approvals = OutsideApproval.objects.select_related("agreed_by")  # house: parts of what the caller may see
    if not vars(item).get("has_outside", True):
        approvals = approvals.none()
    assert item.application is not None  # noqa: S101 -- callers ask for cases only
    prefetch_related_objects([item.application], Prefetch("outside_approvals", approvals))


def person_key(*, user_id: int | None, guest: str) -> str:
    """What tells people in a room apart: the account, or the guest's title as noted."""
    return f"u{user_id}" if user_id else f"g{guest.casefold()}"


def room_of(meeting: Meeting, *, at: datetime) -> list[Person]:
    """Everybody noted for a meeting, as the notes up to a moment say. One query."""
    events = AttendanceEvent.objects.filter(meeting=meeting).select_related("user").order_by("noted_at", "pk")
    return noted_in(events, at=at)


def noted_in(events: Iterable[AttendanceEvent], *, at: datetime) -> list[Person]:
    """Everybody noted, as notes in the order of their instants say it of a moment."""
    return people_in(
        (
            Arrival(
                person=person_key(user_id=e.user_id, guest=e.guest),
                name=str(e.user) if e.user else e.guest,
                title=(e.user.job_title if e.user else "") or e.role,
                role=e.role,
                kind=e.kind,
                at=e.noted_at,
                user=e.user_id,
                substitute_for=e.substitute_for,
            )
            for e in events
        ),
        at=at,
    )


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One seat of the panel as the attendance list shows it: who holds it, and whether they are here."""

    seat: str
    title: str
    holder: User | None
    person: Person | None
    is_expected: bool


def seats_of(meeting: Meeting, *, policy: Policy, people: Sequence[Person]) -> list[SeatRow]:
    """The panel's seats with their holders on the day of the meeting and what was noted of them. Two queries."""
    facts = AgendaItem.objects.filter(meeting=meeting, application__isnull=False).exclude(state=ItemState.WITHDRAWN)
    cases = [(held or {}).get("own") or {} for held in facts.values_list("application__facts", flat=True)]
    day = timezone.localdate(meeting.starts_at)
    holders = list(SeatHolder.objects.filter(panel=meeting.panel).on(day).select_related("user"))
    noted = {p.user: p for p in people if p.user}
    rows = []
    for seat in policy.panel(meeting.panel.slug).seats:
        mine = [h.user for h in holders if h.seat == seat.role]
        stand_in = next((p for p in people if p.substitute_for == seat.role), None)
        expected = is_expected(seat, cases)
        rows += [SeatRow(seat.role, seat.title, user, noted.get(user.pk) or stand_in, expected) for user in mine] or [
            SeatRow(seat.role, seat.title, None, stand_in or _by_role(people, seat.role), expected)
        ]
    return rows


def _by_role(people: Sequence[Person], role: str) -> Person | None:
    return next((p for p in people if p.role == role), None)


def interests_of(item: AgendaItem) -> list[Interest]:
    """The declarations on a case, with who made them."""
    return list(Interest.objects.filter(item=item).select_related("user"))


def withdrew(interests: Sequence[Interest]) -> frozenset[str]:
    """Who withdrew from a case, by what tells people in a room apart."""
    return frozenset(_key(i) for i in interests if i.withdraws)


def _key(interest: Interest) -> str:
    return person_key(user_id=interest.user_id, guest=interest.guest)


@dataclass(frozen=True, slots=True)
class CaseRoom:
    """The room for one case: who counts, who withdrew, whether the panel may decide it, all at one moment."""

    people: tuple[Person, ...]
    counts: tuple[Person, ...]
    interests: tuple[Interest, ...]
    assessment: Assessment

    @property
    def met(self) -> bool | None:
        """Whether the policy's quorum is met for this case; None where it states none."""
        return self.assessment.quorum.met if self.assessment.quorum else None

    @property
    def missing(self) -> tuple[str, ...]:
        """What the quorum lacks, as the rules name it."""
        return self.assessment.quorum.missing if self.assessment.quorum else ()


@dataclass(frozen=True, slots=True)
class Declared:
    """Somebody in the room, as what they are there, and what they declared on a case; None before they have."""

    person: Person
    title: str
    interest: Interest | None


def declared_in(item: AgendaItem, *, policy: Policy, at: datetime) -> list[Declared]:
    """Everybody in the room with what they declared on a case, in the order they were noted. Two queries."""
    said = {_key(interest): interest for interest in interests_of(item)}
    return [
        Declared(
            person,
            person.title if person.user else f"counts as {policy.role_title(person.role)}",
            said.get(person.person),
        )
        for person in room_of(item.meeting, at=at)
        if person.is_here
    ]


def case_room(
    item: AgendaItem,
    *,
    at: datetime,
    extra: dict[str, Any] | None = None,
    interests: Sequence[Interest] | None = None,
    people: Sequence[Person] | None = None,
) -> CaseRoom:
    """Ask the rules about a case with the room as it is at a moment: those who withdrew are not in it.

    `interests` are the declarations on the case, `people` those in the room, where they were read already.
    """
    assert item.application is not None  # noqa: S101 -- callers ask for cases only
    people = room_of(item.meeting, at=at) if people is None else people
    interests = interests_of(item) if interests is None else interests
    counts = counting(people, withdrew=withdrew(interests))
    facts: dict[str, Any] = {
        "attendance": [{"person": p.person, "role": p.role} for p in counts],
        "declarations": [_declaration(i, people) for i in interests],
        **(extra or {}),
    }
    if not people:
        facts.pop("attendance")
    if not interests:
        facts.pop("declarations")
    assessment = assessment_of(item.application, at=at, panel_starts_at=item.meeting.starts_at, extra=facts)
    return CaseRoom(tuple(people), tuple(counts), tuple(interests), assessment)


def _declaration(interest: Interest, people: Sequence[Person]) -> dict[str, Any]:
    key = _key(interest)
    role = next((p.role for p in people if p.person == key), None)
    said: dict[str, Any] = {
        "person": key,
        "declared": True,
        "interest": interest.nature or None,
    }
    return said | ({"role": role} if role else {})


def naming(findings: Iterable[Finding], room: CaseRoom, *, policy: Policy) -> list[Finding]:
    """Findings as a page says them: one that rests on who has not declared yet names them."""
    answered = {_key(i) for i in room.interests}
    silent = [p.name for p in room.counts if p.person not in answered]
    return [
        f._replace(message=f"{f.message} Not declared yet: {', '.join(silent)}.")
        if silent and _rests_on(policy, f, fact="room_undeclared")
        else f
        for f in findings
    ]


def _rests_on(policy: Policy, finding: Finding, *, fact: str) -> bool:
    """Whether the part of the policy that says a finding asks for a fact."""
    entry = policy.entry(finding.rule)
    said = [part for part in entry.findings if (part.says or entry.means) == finding.message]
    return any(fact in part.when for part in said)


def quorum_words(room: CaseRoom, *, policy: Policy) -> str:
    """The quorum of a case as a sentence, text before colour."""
    here = sum(p.is_here for p in room.people)
    gone = here - len(room.counts)
    said = f"{len(room.counts)} counting of {here} present"
    if gone:
        said += f"; {gone} withdrew (interest)"
    if room.assessment.quorum is None:
        return f"{said}. This council’s policy states no quorum."
    if room.met is None:
        return "Attendance has not been noted yet."
    if room.met:
        return f"Quorate: {said}."
    return f"Not quorate: {said}; missing: {'; '.join(missing_words(room, policy=policy))}."


def missing_words(room: CaseRoom, *, policy: Policy) -> list[str]:
    """What the quorum lacks, in the words of the policy's clauses."""
    quorum = room.assessment.quorum
    part = policy.entry(quorum.rule).quorum if quorum else None
    says = {c.code: c.says or policy.role_title(c.code) for c in part.clauses} if part else {}
    return [says.get(code, policy.role_title(code)) for code in room.missing]


def quorum_evidence(room: CaseRoom, *, policy: Policy) -> dict[str, Any]:
    """Who was in the room and which clause was met, as a decision keeps it."""
    quorum = room.assessment.quorum
    known = {entry.id for entry in policy.entries}

    def named(people: Sequence[Person]) -> list[dict[str, str]]:
        return [
            {"name": p.name, "title": policy.role_title(p.role), "role": p.role, "substitute_for": p.substitute_for}
            for p in people
        ]

    gone = withdrew(room.interests)
    return {
        "met": room.met,
        "rule": quorum.rule if quorum else None,
        "clause": policy.clause(quorum.rule) if quorum and quorum.rule in known else None,
        "missing": missing_words(room, policy=policy),
        "present": named(room.counts),
        "apologies": named([p for p in room.people if p.kind == "apologies"]),
        "withdrew": named([p for p in room.people if p.is_here and p.person in gone]),
        "left": named([p for p in room.people if p.kind == "left"]),
        "interests": [{"name": i.name, "nature": i.nature, "withdraws": i.withdraws} for i in room.interests],
    }


def standing_decision(item: AgendaItem) -> Decision | None:
    """The decision that stands on an item, the newest version; None before there is one."""
    return (
        Decision.objects.filter(item=item)
        .exclude(state=DecisionState.SUPERSEDED)
        .select_related("recorded_by", "signed_by", "policy_version", "application__child", "council")
        .first()
    )


def pace(meeting: Meeting, items: Sequence[AgendaItem], *, now: datetime) -> Pace:
    """How a running meeting keeps time against its agenda."""
    waiting = [i for i in items if i.state == ItemState.WAITING]
    current = next((i for i in items if i.state == ItemState.CALLED), None)
    planned = current.starts_at if current else (waiting[0].starts_at if waiting else None)
    if current and current.called_at and planned:
        behind = max(
            (current.called_at - planned).total_seconds(), (now - planned).total_seconds() - current.minutes * 60
        )
        late = int(behind // 60)
        found = pace_of(
            now=now, ends=meeting.ends_at, planned=now, waiting=[(str(i.position), i.minutes) for i in waiting]
        )
        return Pace(max(late, 0), found.unreached)
    return pace_of(
        now=now, ends=meeting.ends_at, planned=planned, waiting=[(str(i.position), i.minutes) for i in waiting]
    )
