"""What a policy answers beside `assess`: a question by name, what is given, and the answer as plain data.

Each question is one of the product's own rules, handed the policy and what a line of a table gives; nothing is worked
out here. `QUESTIONS` is the list a table chooses from with the key `ask`; what each wants stands in its docstring.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from decisions.queries.following import COMMITS, notices_of, questions_of, wanted_after
from decisions.queries.money import AgreedLine
from decisions.queries.outside import rest_of, up_to
from decisions.queries.telling import told_here
from decisions.rules import Days, Stated, Written, demands, evidence_wanted, last_day, route_of
from decisions.services.authority import SAID
from panels.policy import Policy
from panels.rules import Person, assess, fit, may_act, put_forward, review_days, shares, split_of
from panels.rules.bands import needed_for
from panels.rules.calendar import london
from panels.rules.capacity import Wanted, limit_of
from panels.rules.case import Case
from panels.rules.chairing import next_in_turn
from panels.rules.cover import cover_refused
from panels.rules.deciding import deciding_officer
from panels.rules.explained import explained
from panels.rules.ladder import Taken, stands_before
from panels.rules.schedule import Sitting, departures, proposed_days
from panels.rules.seating import is_expected, stand_in_refused
from panels.rules.usage import Use, counted
from people.services.cover import stands_above

Given = Mapping[str, Any]


def answer(policy: Policy, question: str, given: Given, case: Case | None) -> Any:
    """What a policy answers to a question, in the words YAML has."""
    return _plain(QUESTIONS[question](policy, {"panel": policy.panels[0].slug, **given}, case))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _known(text: str) -> date:
    return date.fromisoformat(text)


# meetings -------------------------------------------------------------------------------------------
def _days(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`after`, `most`, `level`: the days on which the panel is to meet."""
    panel = policy.panel(given["panel"])
    return proposed_days(
        panel, after=_known(given["after"]), held=(), most=given.get("most", 1), level=given.get("level")
    )


def _departs(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`starts`, `ends`: what a chosen time departs from."""
    chosen = Sitting(datetime.fromisoformat(given["starts"]), datetime.fromisoformat(given["ends"]))
    return [one.message for one in departures(policy, policy.panel(given["panel"]), chosen=chosen, held=())]


def _places(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`wanted`: [reference, kind, minutes] each; `room`: the meeting's own minutes. Who is listed, who is not."""
    panel = policy.panel(given["panel"])
    wanted = [Wanted(*one) for one in given["wanted"]]
    limit = limit_of(panel, kinds=[one.kind for one in wanted], room=given.get("room", 0))
    fitted = fit(limit.capacity, wanted)
    return {"listed": fitted.listed, "left_over": fitted.left_over, "ways": fitted.ways, "kept": limit.kept}


def _turn(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`last`: the agency that led last. Whose turn it is."""
    return next_in_turn(policy.panel(given["panel"]), given.get("last"))


def _says(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`about`: what the page about the panel says of a thing."""
    chapters = explained(policy, given["panel"])
    return [said.text for chapter in chapters for said in chapter.said if said.about == given["about"]]


def _stand_in(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`role`, `is_named`: why nobody stands in for a seat; nothing where somebody may."""
    found = stand_in_refused(policy, given["panel"], given["role"], is_named=given.get("is_named", True))
    return found[0] if found else None


def _expected(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`cases`: the council's own facts of each. The seats that are to be filled."""
    return [seat.role for seat in policy.panel(given["panel"]).seats if is_expected(seat, given["cases"])]


# people ---------------------------------------------------------------------------------------------
def _may(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`act`, `roles`, `covered`, `signed`: whether somebody may do something."""
    person = Person(
        roles=frozenset(given.get("roles", ())),
        covered=frozenset(given.get("covered", ())),
        own_request=given.get("own_request", False),
        has_interest=given.get("has_interest", False),
        chairs=given.get("chairs", False),
    )
    return may_act(
        policy, panel=given["panel"], act=given["act"], person=person, signed=given.get("signed", ())
    ).allowed


def _cover(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`role`, `office` (capacities it is held with), `held`, `by` (capacities of who covers): why not, if so."""
    level = given["role"] in given["held"] or stands_above(office=given["office"], held=given["by"])
    return cover_refused(policy, given["role"], held=given["held"], is_level_or_above=level)


def _decider(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`outcome`, `categories`: the officer who decides what the panel says; nothing where the panel does."""
    outcome = policy.outcome(given["panel"], given["outcome"])
    found = deciding_officer(policy, given["panel"], outcome=outcome, categories=given["categories"])
    return found[0] if found else None


# what goes with a decision --------------------------------------------------------------------------
def _demands(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`outcome`, `reasons`, `review`, `no_review_reason`, `lines` ([start, end]), `conditions` ([owner?, due])."""
    written = Written(
        has_reasons=given.get("reasons", True),
        review_date=_day(given.get("review")),
        has_no_review_reason=given.get("no_review_reason", False),
        lines=[Days(_known(start), _day(end)) for start, end in given.get("lines", ())],
        conditions=[Stated(has_owner, _day(due)) for has_owner, due in given.get("conditions", ())],
    )
    outcome = policy.outcome(given["panel"], given["outcome"])
    return [one.message for one in demands(policy, given["panel"], outcome=outcome, written=written)]


def _met(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`evidence`: what is still wanted of somebody who ticks a condition as met; nothing where nothing is."""
    found = evidence_wanted(policy, given["panel"], given["evidence"])
    return found.message if found else None


def _said(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`outcome`: what a word of the panel's means to the rules, and whether resources are agreed with it."""
    outcome = policy.outcome(given["panel"], given["outcome"])
    return {"said": SAID[outcome.effect], "commits": outcome.effect in COMMITS}


def _reviews(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`decided_on`, `start`, `end`: the days of all reviews."""
    return review_days(
        policy.panel(given["panel"]).review,
        decided_on=_known(given["decided_on"]),
        start=_known(given["start"]),
        end=_day(given.get("end")),
    )


def _questions(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`where`, `categories`, `step`: the questions asked there, those that have to be answered marked with a star."""
    found = questions_of(policy, given["panel"], given["where"], categories=given["categories"], step=given.get("step"))
    return [f"{one.question.code}{'*' if one.question.required else ''}" for one in found]


def _afterwards(policy: Policy, given: Given, case: Case | None) -> Any:
    """`outcome`, `categories`, with a case decided: what is to be done afterwards, how and by when."""
    assert case is not None
    found = wanted_after(
        policy,
        given["panel"],
        outcome=policy.outcome(given["panel"], given["outcome"]),
        categories=given["categories"],
        deadlines=assess(case, policy).deadlines,
    )
    keys = ("kind", "code", "who", "how", "due")
    told = [{key: value for key in keys if (value := asdict(one)[key])} for one in found]
    return [{**one, "due": london(one["due"])} if "due" in one else one for one in told]


def _told(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`effect`: the notices a decision of that effect brings, each with its channel."""
    return {notice.code: notice.channel for notice in notices_of(policy, given["panel"], given["effect"])}


def _hears(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`occasion`: the notices of an occasion, each with the offices the product itself tells."""
    return {notice.code: told_here(notice) for notice in policy.notices(given["panel"], given["occasion"])}


def _ladder(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`step`, `effect`, `on`, `taken` ({code: [opened on, ended?]}), `raised_by`: what stands before a step."""
    steps = {step.code: step for step in policy.dispute_steps(given["panel"], given.get("raised_by", "practitioner"))}
    if given["step"] not in steps:
        return "no such step"
    taken = {code: Taken(_known(on), is_ended=ended) for code, (on, ended) in given.get("taken", {}).items()}
    return stands_before(
        policy,
        given["panel"],
        step=steps[given["step"]],
        effect=given.get("effect", "refuse"),
        taken=taken,
        on=_known(given["on"]),
    )


# outside the panel, money, what comes up ------------------------------------------------------------
def _outside(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`kind`, `agreed_on`, `next_panel`, `start`, `end`: who approves, until when, what is left for the panel."""
    route = route_of(policy, given["panel"], kind=given["kind"], is_high_cost=given.get("is_high_cost", False))
    if route is None:
        return None
    until = last_day(
        lasts=route.lasts,
        days=route.days,
        agreed_on=_known(given["agreed_on"]),
        next_panel=_day(given.get("next_panel")),
    )
    line = AgreedLine(
        line_id=1,
        category="residential_placement",
        description="",
        provider="",
        unit="weekly",
        pence=90000,
        asked_pence=90000,
        start=_known(given["start"]),
        end=_known(given["end"]),
    )
    now = up_to([line], until)
    rest = rest_of([line], {one.line_id: one.end for one in now})
    return {
        "approver": route.approver,
        "consults": route.consults,
        "until": until,
        "now": [[one.start, one.end] for one in now],
        "left": [[one.start, one.end] for one in rest],
        "then": route.then,
    }


def _shares(policy: Policy, given: Given, case: Case | None) -> Any:
    """`line`, `pence`, with a case: who pays which part; nothing where no split holds."""
    found = split_of(case, policy, line=given.get("line", 0))
    return shares(given["pence"], found[1]) if found else None


def _forward(policy: Policy, given: Given, case: Case | None) -> Any:
    """`at`, with a case: the triggers that hold, each with its line and panel."""
    found = put_forward(case, policy, datetime.fromisoformat(given["at"]))
    return [[one.code, one.line, one.panel] for one in found]


def _uses(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`on`, `uses` ([category, first day]): how often each counted fact says."""
    return counted(policy, [Use(category, _known(day)) for category, day in given["uses"]], on=_known(given["on"]))


def _buying(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`pence`, `on`: what a purchase of that sum needs."""
    return [one.words for one in needed_for(policy, given["pence"], on=_known(given["on"]))]


def _parameter(policy: Policy, given: Given, _case: Case | None) -> Any:
    """`name`, `on`: the number that holds on a day."""
    return policy.parameter(given["name"], _known(given["on"]))


QUESTIONS: Final[dict[str, Callable[[Policy, Given, Case | None], Any]]] = {
    "afterwards": _afterwards,
    "buying": _buying,
    "cover": _cover,
    "days": _days,
    "decider": _decider,
    "demands": _demands,
    "departs": _departs,
    "expected": _expected,
    "forward": _forward,
    "hears": _hears,
    "ladder": _ladder,
    "may": _may,
    "met": _met,
    "outside": _outside,
    "parameter": _parameter,
    "places": _places,
    "questions": _questions,
    "reviews": _reviews,
    "said": _said,
    "says": _says,
    "shares": _shares,
    "stand_in": _stand_in,
    "told": _told,
    "turn": _turn,
    "uses": _uses,
}
