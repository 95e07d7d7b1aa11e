"""May this person do this now, and by which sentence of the council's text?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from panels.policy import Policy
from panels.policy.schema import Panel
from panels.rules.assessment import Approval

Act = Literal[
    "submit",
    "sign_off",
    "approve",
    "approve_outside",
    "agree_withdrawal",
    "build_agenda",
    "record_cost",
    "take_part",
    "decide",
    "sign_sheet",
    "sign_minutes",
    "change_policy",
]
Standing = Literal["nobody_asked", "waiting", "all_given"]
JUDGES_THE_REQUEST: Final = frozenset(
    {"sign_off", "approve", "approve_outside", "agree_withdrawal", "decide", "sign_sheet"}
)
"""What nobody does for a request of their own."""
IN_THE_DISCUSSION: Final = frozenset({"take_part", "decide"})


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks.

    Attributes:
        roles: roles held on the day.
        covered: roles held only in somebody's place.
        own_request: whether the request is theirs, as its author or the worker it was written for.
        has_interest: whether they declared an interest in this case.
        chairs: whether they lead this meeting.
    """

    roles: frozenset[str] = frozenset()
    covered: frozenset[str] = frozenset()
    own_request: bool = False
    has_interest: bool = False
    chairs: bool = False

    def holds(self, role: str) -> bool:
        """Whether they hold a role themselves or in somebody's place."""
        return role in self.roles or role in self.covered


@dataclass(frozen=True, slots=True)
class Leave:
    """The answer: whether they may, why in one sentence, as whom, and the rule and clause it rests on, if any."""

    allowed: bool
    sentence: str
    role: str | None = None
    rule: str | None = None
    clause: str | None = None


def may_act(
    policy: Policy,
    *,
    panel: str,
    act: Act,
    person: Person,
    signed: Sequence[str] = (),
    approvals: Sequence[Approval] = (),
) -> Leave:
    """Say whether a person may do something now, and by which sentence.

    Nobody judges a request of their own. Who has an interest keeps out of the discussion where the policy wants
    declarations. A personal approval is not given in somebody's place. Where nobody is asked, nobody may approve: an
    empty list is no approval.

    Args:
        policy: the version that holds.
        panel: slug of the panel; KeyError where the council has none of it.
        act: what they want to do.
        person: who asks.
        signed: roles that signed the request so far, for `sign_off`.
        approvals: what the assessment asks for, for `approve` and `approve_outside`.
    """
    asked = _Asked(policy, policy.panel(panel), act, person, tuple(signed), tuple(approvals))
    if person.own_request and act in JUDGES_THE_REQUEST:
        return Leave(allowed=False, sentence="Nobody approves their own request.")
    offices = asked.panel.offices
    if person.has_interest and act in IN_THE_DISCUSSION and offices.declarations == "standing_item":
        return asked.no("Who has an interest takes no part in discussion or decision.", offices.declarations_rule)
    return _ACTS[act](asked)


def standing(approvals: Sequence[Approval], *stages: str) -> Standing:
    """Where the approvals of these stages (of any, where none is named) stand; nobody asked is not all given."""
    concerned = [approval for approval in approvals if not stages or approval.stage in stages]
    if not concerned:
        return "nobody_asked"
    return "all_given" if all(approval.given for approval in concerned) else "waiting"


@dataclass(frozen=True, slots=True)
class _Asked:
    policy: Policy
    panel: Panel
    act: str
    person: Person
    signed: tuple[str, ...]
    approvals: tuple[Approval, ...]

    def no(self, sentence: str, rule: str | None = None) -> Leave:
        return Leave(allowed=False, sentence=sentence, rule=rule, clause=self._clause(rule))

    def yes(self, sentence: str, role: str | None, rule: str | None) -> Leave:
        return Leave(allowed=True, sentence=sentence, role=role, rule=rule, clause=self._clause(rule))

    def _clause(self, rule: str | None) -> str | None:
        return self.policy.clause(rule) if rule else None

    def by_role(self, role: str, rule: str | None, *, does: str) -> Leave:
        """Leave for one who holds the role; not in somebody's place where the role is personal."""
        title = self.policy.role_title(role)
        personal = any(r.code == role and r.personal for r in self.policy.book.council.roles)
        if role in self.person.roles or (role in self.person.covered and not personal):
            return self.yes(f"The {title} {does}.", role, rule)
        if role in self.person.covered:
            return self.no(f"The {title} {does} in person; a stand-in cannot.", rule)
        return self.no(f"The {title} {does}.", rule)


def _submit(asked: _Asked) -> Leave:
    if not asked.panel.submitters:
        return asked.yes("The council's text names nobody who alone submits requests.", None, None)
    for role in asked.panel.submitters:
        if asked.person.holds(role):
            return asked.yes(f"The {asked.policy.role_title(role)} submits requests.", role, asked.panel.rule)
    titles = " or the ".join(asked.policy.role_title(role) for role in asked.panel.submitters)
    return asked.no(f"The {titles} submits requests.", asked.panel.rule)


def _sign_off(asked: _Asked) -> Leave:
    chain = asked.panel.sign_offs
    if not chain:
        return asked.no("The council's text asks for no signature before the panel.")
    waiting = [one for one in chain if one.role not in asked.signed]
    if not waiting:
        return asked.no("Every signature is given.")
    due = waiting[0]
    later = next((one for one in waiting[1:] if asked.person.holds(one.role)), None)
    if later and not asked.person.holds(due.role) and due.required:
        return asked.no(f"The {asked.policy.role_title(due.role)} signs first.", due.rule)
    mine = due if asked.person.holds(due.role) or later is None else later
    return asked.by_role(mine.role, mine.rule, does="signs")


def _approve(asked: _Asked) -> Leave:
    outside = asked.act == "approve_outside"
    wanted = [a for a in asked.approvals if (a.stage == "outside_panel") is outside]
    if not wanted:
        return asked.no("Nobody is asked to approve this, so nobody can.")
    mine = [a for a in wanted if asked.person.holds(a.role)]
    if not mine:
        titles = ", ".join(dict.fromkeys(asked.policy.role_title(a.role) for a in wanted))
        return asked.no(f"To be approved by: {titles}.", wanted[0].rule)
    waiting = next((a for a in mine if not a.given), None)
    if waiting is None:
        return asked.no("This approval is given already.", mine[0].rule)
    return asked.by_role(waiting.role, waiting.rule, does="approves this")


def _agree_withdrawal(asked: _Asked) -> Leave:
    offices = asked.panel.offices
    if offices.withdrawal_agreed_by is None:
        return asked.no("The council's text asks nobody to agree to a withdrawal.")
    return asked.by_role(offices.withdrawal_agreed_by, offices.withdrawal_rule, does="agrees to a withdrawal")


def _build_agenda(asked: _Asked) -> Leave:
    offices = asked.panel.offices
    return asked.by_role(offices.agenda_by, offices.agenda_rule, does="builds the agenda")


def _record_cost(asked: _Asked) -> Leave:
    offices = asked.panel.offices
    if offices.cost_recorded_by is None:
        return asked.yes("The council's text names nobody who alone records the cost.", None, None)
    return asked.by_role(offices.cost_recorded_by, offices.cost_rule, does="records the cost")


def _take_part(asked: _Asked) -> Leave:
    seat = next((seat for seat in asked.panel.seats if asked.person.holds(seat.role)), None)
    if seat is None and not asked.person.chairs:
        return asked.no("Only members of the panel take part in its discussion.", asked.panel.rule)
    return asked.yes(
        "Members take part in the discussion.", seat.role if seat else "chair", seat.rule if seat else None
    )


def _decide(asked: _Asked) -> Leave:
    rule = next((seat.rule for seat in asked.panel.seats if seat.chairs == "chair"), None)
    if asked.person.chairs:
        return asked.yes("The chair of the meeting finalises a decision.", "chair", rule)
    return asked.no("The chair of the meeting finalises a decision.", rule)


def _sign_sheet(asked: _Asked) -> Leave:
    offices = asked.panel.offices
    return _sign(asked, offices.sheet_signed_by, offices.sheet_rule, what="the decision sheet")


def _sign_minutes(asked: _Asked) -> Leave:
    offices = asked.panel.offices
    if offices.minutes_signed_by is None:
        sentence = "The council's text names nobody for the minutes, so the chair of the meeting signs them."
        return asked.yes(sentence, "chair", None) if asked.person.chairs else asked.no(sentence)
    return _sign(asked, offices.minutes_signed_by, offices.minutes_rule, what="the minutes")


def _sign(asked: _Asked, office: str, rule: str | None, *, what: str) -> Leave:
    if office != "chair":
        return asked.by_role(office, rule, does=f"signs {what}")
    sentence = f"The chair of the meeting signs {what}."
    return asked.yes(sentence, "chair", rule) if asked.person.chairs else asked.no(sentence, rule)


def _change_policy(asked: _Asked) -> Leave:
    role = asked.policy.book.council.settings_changed_by
    if role is None:
        return asked.yes("The policy names nobody who alone may change it.", None, None)
    return asked.by_role(role, None, does="changes the rules")


_ACTS: Final[dict[str, Callable[[_Asked], Leave]]] = {
    "submit": _submit,
    "sign_off": _sign_off,
    "approve": _approve,
    "approve_outside": _approve,
    "agree_withdrawal": _agree_withdrawal,
    "build_agenda": _build_agenda,
    "record_cost": _record_cost,
    "take_part": _take_part,
    "decide": _decide,
    "sign_sheet": _sign_sheet,
    "sign_minutes": _sign_minutes,
    "change_policy": _change_policy,
}
