"""The agenda: built by the administrator, read by members, each published version frozen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import slug_re
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from applications import services as applications
from applications.models import Application
from decisions import services
from decisions.forms import MinutesForm, PutForm, WhyNotForm
from decisions.models import AgendaItem, AgendaVersion, Review
from decisions.queries import agenda as questions
from decisions.queries.expected import not_come
from decisions.queries.money import with_dates
from decisions.queries.places import in_order, is_case, places_of, section_of
from decisions.services import AgendaRefusedError
from decisions.views.found import meeting_or_404, policy_on_day
from decisions.views.showing import to_work_on
from panels.models import Meeting
from panels.states import MeetingState
from people import services as people
from people.access import SignedInRequest, requires
from people.permissions import Permission

if TYPE_CHECKING:
    from django.http import HttpResponse

    from panels.policy import Policy

BUILDING = frozenset({MeetingState.PLANNED, MeetingState.PUBLISHED, MeetingState.IN_SESSION, MeetingState.PAUSED})


@require_GET
@requires(Permission.SEE_MEETING)
def meetings(request: SignedInRequest) -> HttpResponse:
    """The meetings somebody may see: those to come first, then those held."""
    seen = Meeting.objects.for_user(request.user).select_related("panel", "chair")
    today = timezone.localdate()
    coming = seen.filter(starts_at__date__gte=today).exclude(state=MeetingState.CANCELLED).order_by("starts_at")[:20]
    held = seen.filter(starts_at__date__lt=today).order_by("-starts_at")[:30]
    return render(request, "decisions/meetings.html", {"coming": coming, "held": held})


@require_GET
@requires(Permission.SEE_MEETING)
def agenda(request: SignedInRequest, reference: str) -> HttpResponse:
    """The builder for who builds it; for everybody else the newest published agenda."""
    meeting = meeting_or_404(request, reference)
    versions = AgendaVersion.objects.for_user(request.user).filter(meeting=meeting)
    if not request.user.may(Permission.BUILD_AGENDA):
        return _published(request, meeting, versions.first())
    newest = versions.only("number", "published_at").first()
    return render(request, "decisions/agenda.html", _builder(request, meeting, newest))


def _builder(request: SignedInRequest, meeting: Meeting, newest: AgendaVersion | None) -> dict[str, Any]:
    policy = policy_on_day(meeting)
    items = to_work_on(request, meeting, questions.items_of)
    people.note_reads(
        by=request.user,
        at=timezone.now(),
        subject="request",
        subject_refs=[item.application.reference for item in items if item.application],
        facts={"page": "agenda"},
    )
    only_unready = request.GET.get("show") == "not-ready"
    rows = [
        _row(item, number=n, items=items, policy=policy, panel=meeting.panel.slug)
        for n, item in enumerate(items, start=1)
    ]
    unready = [row for row in rows if row["missing"]]
    return {
        "meeting": meeting,
        "rows": unready if only_unready else rows,
        "all_count": len(rows),
        "unready_count": len(unready),
        "only_unready": only_unready,
        "load": questions.load(meeting, items),
        "places": places_of(meeting, items, policy=policy),
        "could_order": _could_order(meeting, items, policy=policy),
        "newest": newest,
        "can_build": meeting.state in BUILDING,
        "is_live": meeting.state in {MeetingState.IN_SESSION, MeetingState.PAUSED},
        "closes": questions.closing_of(meeting, policy),
        "not_come": not_come(meeting, policy=policy, at=timezone.now(), user=request.user),
    }


def _could_order(meeting: Meeting, items: list[AgendaItem], *, policy: Policy) -> bool:
    """Whether the cases that wait stand in another order than the policy's."""
    waiting = [item for item in items if item.state == "waiting" and is_case(item)]
    return in_order(waiting, policy=policy, panel=meeting.panel.slug) != waiting


def _row(item: AgendaItem, *, number: int, items: list[AgendaItem], policy: Policy, panel: str) -> dict[str, Any]:
    title = item.title or (item.application.title if item.application else "") or "Case"
    name = item.application.reference if item.application else title
    begins = timezone.localtime(item.starts_at).strftime("%H:%M") if item.starts_at else ""
    return {
        "item": item,
        "number": number,
        "name": name,
        "title": title,
        "missing": questions.missing_of(item.application) if item.application else (),
        "clause": _clause(item, policy),
        "section": section_of(item, policy=policy, panel=panel),
        "is_first": number == 1,
        "is_last": number == len(items),
        "is_waiting": item.state == "waiting",
        "said": f"{name}, now {number} of {len(items)}, starts {begins}",
    }


def _rule_clause(rule: str, policy: Policy) -> str:
    return policy.clause(rule) if rule in {entry.id for entry in policy.entries} else rule


def _clause(item: AgendaItem, policy: Policy) -> str:
    try:
        return policy.clause(item.clause) if item.clause else ""
    except KeyError:
        return item.clause


@require_POST
@requires(Permission.BUILD_AGENDA)
def change(request: SignedInRequest, reference: str) -> HttpResponse:
    """Move an item, set its minutes, take it off: whichever button of the list was pressed."""
    meeting = meeting_or_404(request, reference)
    try:
        _changed(request, meeting)
    except AgendaRefusedError as refusal:
        messages.error(request, f"{refusal} {refusal.clause}".strip())
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
    return redirect("decisions:agenda", meeting.reference)


def _changed(request: SignedInRequest, meeting: Meeting) -> None:
    if "in_order" in request.POST:
        services.put_in_order(meeting=meeting, by=request.user, at=timezone.now())
        messages.success(request, "The cases stand in the policy’s order.")
        return
    key, _, how = request.POST.get("move", "").partition(":")
    length, off = request.POST.get("minutes", ""), request.POST.get("off", "")
    wanted = key or length or off
    if not wanted:
        return
    if not slug_re.fullmatch(wanted):
        raise Http404
    seen = AgendaItem.objects.for_user(request.user).select_related("meeting", "application")
    item = get_object_or_404(seen, reference=wanted, meeting=meeting)
    now = timezone.now()
    if length:
        form = MinutesForm({"minutes": request.POST.get(f"minutes-{wanted}", "")})
        if not form.is_valid():
            raise ValidationError([f"Minutes: {error}" for error in form.errors["minutes"]])
        services.set_minutes(item=item, minutes=form.cleaned_data["minutes"], by=request.user, at=now)
    elif off:
        services.take_off(item=item, by=request.user, at=now)
        messages.success(request, f"{item.title or 'The case'} was taken off the agenda.")
    else:
        place = {"up": item.position - 1, "down": item.position + 1}.get(how) or _place(request, wanted)
        services.move(item=item, to=max(place, 1), by=request.user, at=now)


def _place(request: SignedInRequest, key: str) -> int:
    typed = request.POST.get(f"position-{key}", "").strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) < 4 and int(typed) > 0):
        raise ValidationError(f"“{typed[:20]}” is not a position. Use a whole number from 1.")
    return int(typed)


@require_GET
@requires(Permission.BUILD_AGENDA)
def proposals(request: SignedInRequest, reference: str) -> HttpResponse:
    """What could go on the agenda and why; and for any other child, why not."""
    return _proposals(request, meeting_or_404(request, reference))


def _proposals(
    request: SignedInRequest, meeting: Meeting, *, failed: str = "", refusal: AgendaRefusedError | None = None
) -> HttpResponse:
    policy = policy_on_day(meeting)
    looked_for = WhyNotForm(request.GET)
    typed = looked_for.cleaned_data["q"] if looked_for.is_valid() else ""
    found, reason = questions.why_not(meeting, words=typed, user=request.user) if typed else (None, "")
    offered = questions.proposals(meeting, policy=policy, user=request.user)
    people.note_reads(
        by=request.user,
        at=timezone.now(),
        subject="request",
        subject_refs=[p.application.reference for p in offered] + ([found.reference] if found else []),
        facts={"page": "proposals"},
    )
    context = {
        "meeting": meeting,
        "proposals": offered,
        "reviews": [(r, _rule_clause(r.rule, policy)) for r in questions.reviews_due(meeting, user=request.user)],
        "closes": questions.closing_of(meeting, policy),
        "why_form": looked_for,
        "typed": typed,
        "found": found,
        "reason": reason,
        "failed": failed,
        "refusal": refusal,
        "typed_reason": request.POST.get("reason", ""),
    }
    return render(request, "decisions/proposals.html", context, status=422 if refusal else 200)


@require_POST
@requires(Permission.BUILD_AGENDA)
def put(request: SignedInRequest, reference: str, application: str) -> HttpResponse:
    """List a request on the meeting."""
    meeting = meeting_or_404(request, reference)
    wanted = get_object_or_404(Application.objects.for_user(request.user), reference=application)
    form = PutForm(request.POST)
    if not form.is_valid():
        refused = AgendaRefusedError(" ".join(str(error) for error in form.errors["reason"]))
        return _proposals(request, meeting, failed=wanted.reference, refusal=refused)
    try:
        services.put_on_agenda(
            meeting=meeting, application=wanted, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
        )
    except AgendaRefusedError as refusal:
        return _proposals(request, meeting, failed=wanted.reference, refusal=refusal)
    except (applications.RefusedError, applications.NotAllowedError) as refusal:
        return _proposals(request, meeting, failed=wanted.reference, refusal=AgendaRefusedError(str(refusal)))
    messages.success(request, f"{wanted.reference} is on the agenda.")
    return redirect("decisions:agenda_proposals", meeting.reference)


@require_POST
@requires(Permission.BUILD_AGENDA)
def put_review(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    """Bring a review that is due to the meeting."""
    meeting = meeting_or_404(request, reference)
    review = get_object_or_404(Review.objects.for_user(request.user), pk=number)
    try:
        services.put_review_on_agenda(meeting=meeting, review=review, by=request.user, at=timezone.now())
    except AgendaRefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The review is on the agenda.")
    return redirect("decisions:agenda_proposals", meeting.reference)


@require_POST
@requires(Permission.BUILD_AGENDA)
def begin(request: SignedInRequest, reference: str) -> HttpResponse:
    """Begin the agenda with the policy's standing items."""
    meeting = meeting_or_404(request, reference)
    services.begin_agenda(meeting=meeting, by=request.user, at=timezone.now())
    return redirect("decisions:agenda_proposals", meeting.reference)


@require_POST
@requires(Permission.BUILD_AGENDA)
def publish(request: SignedInRequest, reference: str) -> HttpResponse:
    """Publish the agenda as its next version."""
    meeting = meeting_or_404(request, reference)
    try:
        version = services.publish_agenda(meeting=meeting, by=request.user, at=timezone.now())
    except AgendaRefusedError as refusal:
        messages.error(request, f"{refusal} {refusal.clause}".strip())
        return redirect("decisions:agenda", meeting.reference)
    messages.success(request, f"Version {version.number} of the agenda is published. Members will be told.")
    return redirect("decisions:agenda_version", meeting.reference, version.number)


@require_GET
@requires(Permission.SEE_MEETING)
def version(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    """One published agenda as it was published."""
    meeting = meeting_or_404(request, reference)
    found = get_object_or_404(AgendaVersion.objects.for_user(request.user), meeting=meeting, number=number)
    return _published(request, meeting, found)


def _published(request: SignedInRequest, meeting: Meeting, found: AgendaVersion | None) -> HttpResponse:
    rows = _readable(request, meeting, found) if found else []
    context = {
        "meeting": meeting,
        "version": found,
        "rows": rows,
        "is_newest": found is not None and found.number == meeting.agenda_version,
        "may_read_papers": request.user.may(Permission.SEE_NARRATIVE),
        "not_come": not_come(meeting, policy=policy_on_day(meeting), at=timezone.now(), user=request.user),
        "is_live": meeting.state in {MeetingState.IN_SESSION, MeetingState.PAUSED},
    }
    return render(request, "decisions/agenda_version.html", context)


def _readable(request: SignedInRequest, meeting: Meeting, found: AgendaVersion) -> list[dict[str, Any]]:
    """The frozen items, with papers only where the reader may read that request and has not withdrawn from it."""
    wanted = [i["request"]["reference"] for i in found.snapshot["items"] if i.get("request")]
    open_to = set(
        Application.objects.for_user(request.user, Permission.SEE_NARRATIVE)
        .filter(reference__in=wanted)
        .exclude(items__meeting=meeting, items__interests__user=request.user, items__interests__withdraws=True)
        .values_list("reference", flat=True)
    )
    if open_to:
        people.note_reads(
            by=request.user,
            at=timezone.now(),
            subject="request",
            subject_refs=sorted(open_to),
            facts={"page": "agenda", "agenda": found.number},
        )
    rows = []
    for item in found.snapshot["items"]:
        reference = (item.get("request") or {}).get("reference", "")
        rows.append({**_frozen(item), "reference": reference, "is_open": reference in open_to})
    return rows


def _frozen(item: dict[str, Any]) -> dict[str, Any]:
    begins = datetime.fromisoformat(item["starts_at"]) if item.get("starts_at") else None
    keys = ("number", "kind", "title", "origin", "clause", "minutes", "reason")
    papers = {
        key: item.get(key) or [] for key in ("lines", "narrative", "views", "alternatives", "findings", "missing")
    }
    return (
        {key: item.get(key, "") for key in keys}
        | papers
        | {
            "lines": with_dates(papers["lines"]),
            "starts_at": begins,
            "child": (item.get("child") or {}).get("name", ""),
            "ask": (item.get("request") or {}).get("ask", ""),
            "worker": (item.get("request") or {}).get("worker", ""),
        }
    )
