"""The names a policy declares, read from its parts as the files have them, whatever shape those are in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, get_args

from panels.policy import words
from panels.policy.cel import Language
from panels.policy.facts import Kind
from panels.policy.schema.base import CODE, NUMBERED
from panels.policy.vocabulary import WORDS, words_of_roles

if TYPE_CHECKING:
    from panels.policy.loading import Draft

ADDRESSEES: Final = frozenset({"members", "presenter", "chair", "family", "carers"})
CATEGORY: Final = "category or group"


class Names:
    """What the parts of a draft declare: rules, roles, timers, groups, panels, parameters, agencies, documents.

    Of a kind that is None nobody knows yet what there is.
    """

    def __init__(self, draft: Draft) -> None:
        self.entries, self.panels = draft.of("entries"), draft.of("panels")
        self.parameters, self.facts = draft.of("parameters"), draft.of("facts")
        self.groups = {name: texts(members) for name, members in draft.of("groups").items()}
        self.council: dict[str, Any] = next((c for c in draft.of("council").values() if isinstance(c, dict)), {})
        self.timers = frozenset(self._timers())
        own_roles = self._codes("roles")
        self.roles = None if own_roles is None else own_roles | set(words.ROLES)
        self.known: dict[str, frozenset[str] | None] = {
            "rule": frozenset(entry for entry in self.entries if NUMBERED.fullmatch(entry)),
            "role": None if self.roles is None else self.roles | ADDRESSEES,
            "timer": self.timers,
            CATEGORY: frozenset(words.CATEGORIES) | frozenset(words.GROUPS) | frozenset(self.groups),
            "panel": frozenset(slug for slug, panel in self.panels.items() if isinstance(panel, dict)),
            "parameter": frozenset(self.parameters),
            "agency": frozenset(self._agencies()),
            "document": self._codes("documents"),
        }

    def _codes(self, key: str) -> frozenset[str] | None:
        """The codes of a list of the council; None where one of them is no code, as it may be any that is asked for."""
        listed = self.council.get(key, [])
        codes = [str(part(one, "code")) for one in listed] if isinstance(listed, list) else [""]
        return frozenset(codes) if all(CODE.fullmatch(code) for code in codes) else None

    def _timers(self) -> Iterator[str]:
        for entry in self.entries.values():
            for _, deadline in mappings(part(entry, "deadlines")):
                timer = deadline.get("timer")
                if isinstance(timer, str) and NUMBERED.fullmatch(timer):
                    yield timer

    def _agencies(self) -> Iterator[str]:
        for panel in self.panels.values():
            yield from (
                seat["agency"] for _, seat in mappings(part(panel, "seats")) if isinstance(seat.get("agency"), str)
            )

    def words_of(self, fact: str) -> frozenset[str] | None:
        """The words a fact can have; None where they are not known."""
        if fact in WORDS:
            return frozenset(WORDS[fact])
        if fact.startswith("own."):
            return frozenset(texts(part(self.facts.get(fact.removeprefix("own.")), "choices"))) or None
        if fact == "evidence":
            return frozenset(name for name, entry in self.entries.items() if part(entry, "checklist") is not None)
        if fact in {"request.panel", "area"}:
            return self.known["panel"] if fact == "request.panel" else self._codes("areas")
        return None if self.roles is None else words_of_roles(fact, self.roles)

    def language(self) -> Language:
        """What conditions may say. A name that could not be one is left out: it has a fault of its own."""
        kinds = {name: part(fact, "kind") for name, fact in self.facts.items() if CODE.fullmatch(name)}
        return Language(
            {name: str(part(one, "unit")) for name, one in self.parameters.items() if CODE.fullmatch(name)},
            {name: words.unfolded(name, self.groups) for name in (*words.GROUPS, *self.groups) if CODE.fullmatch(name)},
            tuple(sorted(self.timers)),
            own={name: kind for name, kind in kinds.items() if kind in get_args(Kind)},
        )


def part(whole: Any, key: str) -> Any:
    """The value of a key, or None where the whole is no mapping or has no such key."""
    return whole.get(key) if isinstance(whole, Mapping) else None


def mappings(value: Any) -> list[tuple[int, Mapping[str, Any]]]:
    """The mappings of a list, each with its place in it."""
    return [(i, one) for i, one in enumerate(value) if isinstance(one, Mapping)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    """The texts of a list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
