"""The calendar of a panel held against its policy: what to propose, what a chosen time departs from."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from panels.models import Meeting, Panel
from panels.policy import Policy
from panels.policy.schema import Panel as PanelRules
from panels.rules.assessment import Finding
from panels.rules.schedule import Sitting, departures, proposed_days
from panels.services.policies import policy_for
from panels.states import MeetingState

LOOKED_BACK = timedelta(days=120)


def rules_of(panel: Panel, *, on: date) -> tuple[Policy, PanelRules] | None:
    """The policy of a day and what it says about a panel; None where it no longer knows the panel."""
    _, policy = policy_for(council=panel.council, on=on)
    return (policy, policy.panel(panel.slug)) if policy.has_panel(panel.slug) else None


def _sittings(panel: Panel, *, around: date, but: Meeting | None = None) -> list[Sitting]:
    rows = Meeting.objects.filter(panel=panel, starts_at__date__gte=around - LOOKED_BACK).exclude(
        state=MeetingState.CANCELLED
    )
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return [Sitting(starts, ends) for starts, ends in rows.values_list("starts_at", "ends_at")]


def days_to_propose(panel: Panel, *, after: date, most: int = 4) -> list[date]:
    """The next days on which the panel's schedule would have it meet and nothing is planned yet."""
    found = rules_of(panel, on=after)
    return [] if found is None else proposed_days(found[1], after=after, held=_sittings(panel, around=after), most=most)


def departures_of(
    panel: Panel, *, starts_at: datetime, ends_at: datetime, moved: Meeting | None = None
) -> list[Finding]:
    """What a time for a meeting departs from in the panel's schedule, with the clause."""
    chosen = Sitting(starts_at, ends_at)
    found = rules_of(panel, on=chosen.day)
    if found is None:
        return []
    return departures(found[0], found[1], chosen=chosen, held=_sittings(panel, around=chosen.day, but=moved))


def late_notice(meeting: Meeting, *, new_start: datetime | None, at: datetime) -> list[Finding]:
    """A warning where members would be told of a change later than the policy wants; none where it is silent.

    Counted in elapsed hours before the earlier of the old and the new start.
    """
    found = rules_of(meeting.panel, on=at.date())
    if found is None:
        return []
    policy, rules = found
    findings = []
    for notice in policy.notices(rules.slug, "meeting_change"):
        hours = _hours_before(policy, notice.timer, on=at.date())
        anchor = min(start for start in (meeting.starts_at, new_start) if start is not None)
        rule = notice.rule or rules.rule
        if hours is not None and at > anchor - timedelta(hours=hours):
            text = (
                f"Members are to be told {hours} hours before. That is over: the chair notes why the change comes late."
            )
            findings.append(Finding(rule, policy.clause(rule), "warn", "list", text))
    return findings


def _hours_before(policy: Policy, timer: str | None, *, on: date) -> int | None:
    if timer is None or timer not in policy.timer_ids:
        return None
    hours = policy.timer(timer).due.hours_before
    if isinstance(hours, str):
        hours = int(policy.parameter(hours, on))
    return hours
