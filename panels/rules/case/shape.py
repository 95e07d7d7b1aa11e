"""The shape of a case: which fields there are, of what type, and what must not stand together."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from panels.policy import words as policy_words

from . import words as w
from .fields import (
    Fault,
    Reader,
    day,
    instant,
    list_of,
    miles,
    money,
    nullable,
    object_of,
    one_of,
    refuse,
    shown,
    text,
    truth,
    whole,
    words,
)

PRICES = policy_words.PRICES

_DAY = nullable(day)
_INSTANT = nullable(instant)

_LINE_FIELDS: dict[str, Reader] = {
    "category": one_of(w.CATEGORIES),
    "provision": one_of(w.PROVISIONS),
    "quotations": whole,
    "for_line": nullable(whole),
    **dict.fromkeys((*PRICES, "rate", "national_rate"), money),
    **dict.fromkeys(("start", "end", "last_review"), _DAY),
    **dict.fromkeys(
        ("criteria_set_at", "first_quote_asked_at", "procurement_advice_at", "provider_contacted_at"), _INSTANT
    ),
    **dict.fromkeys(
        [
            "part_of_wider_package",
            "high_level_family_support_package",
            "low_level",
            "court_related",
            "open_ended",
            "initial",
            "extra_cost",
            "within_service_contract",
            "rate_exception",
            "regulation_24",
            "alternatives_ruled_out",
            "in_house_available",
            "camhs_insufficient",
            "direct_work_insufficient",
            "best_value_note",
            "evaluation_recorded",
            "tender_completed",
            "executive_preapproval",
            "contract_register",
        ],
        truth,
    ),
}
_line_object = object_of(_LINE_FIELDS)
_commitment_object = object_of({"amount": money, "from": _DAY, "to": _DAY})


def _line(value: object) -> dict[str, Any]:
    line: dict[str, Any] = _line_object(value)
    prices = [price for price in PRICES if price in line]
    if len(prices) > 1:
        raise Fault(f"the prices {' and '.join(prices)}", "one price: one_off, weekly or monthly")
    end = line.get("end")
    if end is not None:
        start = line.get("start")
        if start is not None and end < start:
            raise Fault(shown(end.isoformat()), f"a date not before the start, {start.isoformat()}", "end")
        if line.get("open_ended"):
            raise Fault(
                f"{shown(end.isoformat())} beside open_ended true",
                "no end on an open-ended line, or no open_ended",
                "end",
            )
    return line


def _lines_that_fit(value: object) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = _list_of_lines(value)
    for index, line in enumerate(lines):
        target = line.get("for_line")
        if target is None:
            continue
        if target >= len(lines):
            raise Fault(str(target), f"the index of a placement line, below {len(lines)}, or null", index, "for_line")
        if target == index:
            raise Fault(f"{target}, the line's own index", "the index of another line, or null", index, "for_line")
        category = lines[target].get("category")
        if category is not None and category not in w.PLACEMENTS:
            raise Fault(
                f"{target}, a line of category {category}", "the index of a placement line, or null", index, "for_line"
            )
    return lines


_list_of_lines = list_of(_line)


def _commitment(value: object) -> dict[str, Any]:
    commitment: dict[str, Any] = _commitment_object(value)
    begins, ends = commitment.get("from"), commitment.get("to")
    if begins is not None and ends is not None and ends < begins:
        raise Fault(shown(ends.isoformat()), f"a date not before the first day, {begins.isoformat()}", "to")
    return commitment


def _signed_once(reader: Reader) -> Reader:
    """Refuse the same role signing twice at the same instant."""

    def read(value: object) -> list[dict[str, Any]]:
        signatures: list[dict[str, Any]] = reader(value)
        seen: set[tuple[Any, Any]] = set()
        for index, signature in enumerate(signatures):
            # Left out is kept apart from null: two entries that agree in everything they say are still the same entry.
            mark = (signature.get("role"), signature.get("at", ""))
            if mark in seen and "role" in signature:
                raise Fault(
                    f"the sign-off of {signature['role']} a second time", "each sign-off once (role and time)", index
                )
            seen.add(mark)
        return signatures

    return read


def _answers(known: frozenset[str], council: str) -> Reader:
    answer = one_of(w.ANSWERS)

    def read(value: object) -> dict[str, str]:
        if type(value) is not dict:
            refuse(value, "an object of checklist codes and their answers, or null")
        taken: dict[str, str] = {}
        for code, found in value.items():
            if code not in known:
                raise Fault(f"a code that {council} has no checklist row for", words(known, code), code)
            try:
                taken[code] = answer(found)
            except Fault as fault:
                fault.under(code)
                raise
        return taken

    return read


def _person_or_role(in_room: frozenset[str]) -> Reader:
    role = one_of(in_room)
    person = object_of({"person": text, "role": role})

    def read(value: object) -> Any:
        return person(value) if type(value) is dict else role(value)

    return read


def _truths(names: str) -> dict[str, Reader]:
    return dict.fromkeys(names.split(), truth)


def _of_own(kind: str, choices: frozenset[str]) -> Reader:
    """The reader of a fact of a council's own."""
    if kind in {"word", "words"}:
        return list_of(one_of(choices)) if kind == "words" else nullable(one_of(choices))
    return {"yes_no": truth, "count": whole, "money": money}.get(kind, _DAY)


@lru_cache(maxsize=64)
def reader_for(vocabulary: w.Vocabulary) -> Reader:
    """Make the reader of whole cases written in one policy's words.

    The reader takes what JSON gave (an object) and returns the same keys with parsed values; it raises `Fault`.
    """
    roles = w.ROLES | vocabulary.roles
    role = one_of(roles)
    maybe_role = nullable(role)
    in_room = roles | w.VISITORS | {name + w.REPRESENTATIVE for name in roles}
    small: dict[str, Reader] = {
        "child": object_of(
            {
                "date_of_birth": _DAY,
                "status": one_of(w.STATUSES),
                "legal_basis": one_of(w.LEGAL_BASES),
                "placement_breakdowns": whole,
                **_truths("disabled_childrens_team sister_panel_criteria_met unaccompanied"),
            }
        ),
        "family": object_of(
            {
                "agreed_last_six_months": money,
                "section_17_paid_before": truth,
                "commitments": list_of(_commitment),
            }
        ),
        "placement": object_of({"distance_miles": miles, **_truths("outside_council_area high_cost")}),
        "evidence": _answers(vocabulary.evidence, vocabulary.council),
        "emergency": object_of(
            {
                "kind": one_of(w.EMERGENCY_KINDS),
                "agreed_by": maybe_role,
                "consulted": list_of(role),
                "decided_at": _INSTANT,
                **_truths("care_need risk_to_life"),
            }
        ),
        "support_order": object_of(
            {
                "order": one_of(w.COURT_ORDERS),
                "court_filing_date": _DAY,
                "requested_by_carer": truth,
                "overseer": maybe_role,
                "manager_agreed_on": _DAY,
                "carer_told_on": _DAY,
            }
        ),
        "means_test": object_of({"sent_to_payments_on": _DAY, "result_on": _DAY}),
        "stand_in": object_of(_truths("cannot_attend cannot_defer fully_briefed same_team")),
        "decision": object_of(
            {
                "decided_at": _INSTANT,
                "outcome": nullable(one_of(w.OUTCOMES)),
                "review_date": _DAY,
                "chair_timescale": _DAY,
                "carers_told_by": one_of(w.TELLING),
                **_truths("on_day reasons_given"),
            }
        ),
        "review_request": object_of(
            {"received_at": _INSTANT, "finished_at": _INSTANT, **_truths("written reasons_given")}
        ),
        "dispute": object_of({"service_manager_at": _INSTANT, "escalated_at": _INSTANT}),
        "meeting_change": object_of({"old_start": _INSTANT, "new_start": _INSTANT, "told_at": _INSTANT}),
        "event": object_of({"kind": one_of(w.EVENT_KINDS), "agreed_by": maybe_role, **_truths("stop_resources risk")}),
    }
    if vocabulary.own:
        small["own"] = object_of({name: _of_own(kind, choices) for name, kind, choices in vocabulary.own})
    return object_of(
        {
            "council": one_of(frozenset({vocabulary.council})),
            "panel": one_of(vocabulary.panels),
            "area": one_of(vocabulary.areas),
            "as_at": instant,
            "submitted_at": _INSTANT,
            "panel_starts_at": _INSTANT,
            "lines": _lines_that_fit,
            "documents": list_of(one_of(w.DOCUMENTS)),
            "funding_sources_considered": list_of(one_of(w.FUNDING_SOURCES)),
            "sign_offs": _signed_once(list_of(object_of({"role": role, "at": _INSTANT}))),
            "joint_funding": list_of(one_of(w.FUNDERS)),
            "other_funding": list_of(
                object_of({"source": one_of(w.FUNDING_SOURCES), **_truths("possible details_given")})
            ),
            "care_reasons": list_of(one_of(w.CARE_REASONS)),
            "presenters": list_of(one_of(w.PRESENTERS)),
            "attendance": list_of(_person_or_role(in_room)),
            "declarations": list_of(
                object_of({"person": text, "role": one_of(in_room), "declared": truth, "interest": nullable(text)})
            ),
            **_truths("complete out_of_panel_leave"),
            **{name: nullable(reader) for name, reader in small.items()},
        }
    )
