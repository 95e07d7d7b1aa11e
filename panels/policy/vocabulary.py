"""The words a fact can have, and the words conditions compare it with: a rule that asks for another never speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from panels.policy import words
from panels.policy.facts import NULL_WORDS

WORDS: Final[dict[str, tuple[str, ...]]] = {
    "child.status": words.CHILD_STATUSES,
    "child.legal_basis": words.LEGAL_BASES,
    "emergency.kind": words.EMERGENCY_KINDS,
    "support_order.order": words.COURT_ORDERS,
    "decision.outcome": (*words.OUTCOMES, "none"),
    "decision.carers_told_by": words.TELLING,
    "event.kind": words.EVENT_KINDS,
    "documents": words.DOCUMENTS,
    "funding_sources_considered": words.FUNDING_SOURCES,
    "joint_funding": words.JOINT_FUNDERS,
    "care_reasons": words.CARE_REASONS,
    "presenters": words.PRESENTERS,
    "request.categories": words.CATEGORIES,
    "line.category": words.CATEGORIES,
    "line.provision": words.PROVISIONS,
    "line.paid": words.PRICES,
    "evidence[]": words.ANSWERS,
}
"""Facts whose words are the same for every council; `evidence[]` is what an item of the evidence was answered."""
OF_ROLES: Final = frozenset({"emergency.agreed_by", "emergency.consulted", "support_order.overseer", "event.agreed_by"})

_TOKEN = re.compile(r"\"[^\"\\]*\"|'[^'\\]*'|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*|[=!<>]=|\S")
_MACRO = re.compile(r"^(?:(.*)\.)?(?:all|exists|exists_one|filter|map)$")


def words_of_roles(fact: str, roles: frozenset[str]) -> frozenset[str] | None:
    """The words of a fact that names roles or who is in the room; None for any other fact."""
    if fact == "room":
        return roles | set(words.OTHER_ATTENDEES) | {role + words.REPRESENTATIVE for role in roles}
    if fact == "signed" or fact in OF_ROLES:
        return roles | {"none"} if fact in NULL_WORDS else roles
    return None


def compared(text: str) -> Iterator[tuple[str, str]]:
    """Each word a condition compares with a fact, with the fact: `evidence` for its keys, `evidence[]` for answers.

    What is compared in another way than policies do is passed over: it is not judged.
    """
    tokens = _TOKEN.findall(text)
    facts, lists = _bound(tokens)
    for place, sign in enumerate(tokens):
        if sign in {"==", "!="}:
            found = _equal(tokens, place)
        elif sign == "in":
            found = _within(tokens, place, lists)
        else:
            found = _key(tokens, place)
        yield from ((facts.get(fact, fact), word) for fact, word in found)


def _equal(tokens: list[str], place: int) -> Iterator[tuple[str, str]]:
    """`fact == "word"`, `fact["key"] == "word"`, and the other way round; no sums of texts."""
    before, after = tokens[max(place - 4, 0) : place], tokens[place + 1 : place + 3]
    if "+" not in (*before[-2:-1], *after[1:2]):
        if (fact := _ending(before)) and _is_text(after[:1]):
            yield fact, after[0][1:-1]
        elif (fact := _name(after)) and _is_text(before[-1:]):
            yield fact, before[-1][1:-1]


def _within(tokens: list[str], place: int, lists: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """`"word" in fact`, `fact in ["word", ...]`, and each word of a list of which a variable stands for one."""
    asked, after = tokens[max(place - 1, 0) : place], tokens[place + 1 : place + 2]
    fact = _name(after)
    if after == ["["] and _name(asked):
        yield from ((asked[0], word) for word in _listed(tokens, place + 2))
    elif fact and _is_text(asked):
        yield fact, asked[0][1:-1]
    elif fact and asked:
        yield from ((fact, word) for word in lists.get(asked[0], ()))


def _key(tokens: list[str], place: int) -> Iterator[tuple[str, str]]:
    """`fact["key"]`."""
    fact, rest = _name(tokens[place : place + 1]), tokens[place + 1 : place + 4]
    if fact and rest[:1] == ["["] and _is_text(rest[1:2]) and rest[2:] == ["]"]:
        yield fact, rest[1][1:-1]


def _bound(tokens: list[str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """What the variables of macros stand for: the words of a fact, or those of a list written out."""
    facts: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    for place, token in enumerate(tokens[:-3]):
        macro = _MACRO.match(token)
        if macro is None or tokens[place + 1] != "(" or tokens[place + 3] != ",":
            continue
        variable = tokens[place + 2]
        if macro[1]:
            facts[variable] = macro[1]
        elif tokens[place - 2 : place] == ["]", "."]:
            begun = place - 2
            while begun and tokens[begun] != "[":
                begun -= 1
            lists[variable] = _listed(tokens, begun + 1)
    return facts, lists


def _listed(tokens: list[str], begun: int) -> list[str]:
    """The texts of a list from there up to its closing bracket."""
    found = []
    for one in tokens[begun:]:
        if one == "]":
            break
        if _is_text([one]):
            found.append(one[1:-1])
    return found


def _ending(tokens: list[str]) -> str:
    """The fact that ends here; `fact[]` where a key of it was asked."""
    if tokens[-1:] == ["]"] and tokens[-3:-2] == ["["]:
        return f"{_name(tokens[-4:])}[]"
    return _name(tokens[-1:])


def _name(tokens: list[str]) -> str:
    """The name that begins here, or nothing."""
    return tokens[0] if tokens and (tokens[0][0].isalpha() or tokens[0][0] == "_") else ""


def _is_text(tokens: list[str]) -> bool:
    return bool(tokens) and tokens[0][0] in "\"'" and len(tokens[0]) > 1
