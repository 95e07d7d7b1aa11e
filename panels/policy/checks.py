"""What can only be judged with the whole book open: names that must exist, conditions that must type-check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from panels.policy import words
from panels.policy.book import Book, Policy
from panels.policy.cel import ConditionError, Language, unknown_name
from panels.policy.facts import NAMES
from panels.policy.schema import Deadline, Entry, Panel

if TYPE_CHECKING:
    from panels.policy.loading import Draft

RULE_KEYS = ("rule", "part_of")
ROLE_KEYS = frozenset(
    {
        "role",
        "roles",
        "approver",
        "consults",
        "withdrawal_agreed_by",
        "agenda_by",
        "sheet_signed_by",
        "minutes_signed_by",
        "cost_recorded_by",
        "settings_changed_by",
        "goes_to",
        "submitters",
        "endorsed_by",
        "never_counts",
        "decided_by",
        "signs_before",
    }
)
TIMER_KEYS = frozenset({"timer", "target_timer", "void_after"})
LINE_KEYS = frozenset({"lines", "weekly_by_months"})
PANEL_KEYS = frozenset({"panels", "panel"})
NUMBER_KEYS = frozenset(
    {
        "working_days_before",
        "working_days_after",
        "days_after",
        "days_before",
        "months_after",
        "hours_after",
        "hours_before",
        "over",
        "at_least",
        "up_to",
        "below",
        "count",
    }
)
ADDRESSEES = frozenset({"members", "presenter", "chair", "family", "carers"})
AGENCY_KEYS = frozenset({"agencies", "rotates_chair"})
Path = tuple[str | int, ...]


def check(book: Book, draft: Draft) -> None:
    """Add to the draft a fault for every name that does not exist and every condition that does not type-check."""
    policy = Policy(book)
    _Checks(policy, draft).run()


class _Checks:
    def __init__(self, policy: Policy, draft: Draft) -> None:
        self.policy = policy
        self.draft = draft
        book = policy.book
        self.lines = frozenset(words.CATEGORIES) | frozenset(words.GROUPS) | frozenset(book.groups)
        self.known: dict[str, frozenset[str]] = {
            "rule": frozenset(entry.id for entry in book.entries),
            "role": policy.role_codes | ADDRESSEES,
            "timer": policy.timer_ids,
            "category or group": self.lines,
            "panel": frozenset(panel.slug for panel in book.panels),
            "parameter": frozenset(book.parameters),
            "agency": frozenset(seat.agency for panel in book.panels for seat in panel.seats if seat.agency),
            "document": frozenset(document.code for document in book.council.documents),
        }

    def run(self) -> None:
        """Go through the whole book."""
        book = self.policy.book
        self._names(("council", 0), book.council.model_dump(by_alias=True))
        for panel in book.panels:
            self._flags(panel)
            self._ladder(panel)
            self._names(("panels", panel.slug), panel.model_dump(by_alias=True, exclude_unset=True))
        self._groups()
        for name, fact in book.facts.items():
            self._names(("facts", name), fact.model_dump(by_alias=True, exclude_unset=True))
        for name, parameter in book.parameters.items():
            self._names(("parameters", name), parameter.model_dump(by_alias=True, exclude_unset=True))
        language = self._language()
        for entry in book.entries:
            self._entry(entry, language)

    # names ----------------------------------------------------------------------------------------
    def _names(self, path: Path, data: Mapping[str, Any]) -> None:
        for key, value, where in _walk(path, data):
            kind = "role" if key == "to" and isinstance(value, (list, tuple)) else _kind(key)
            for one in _each(value) if kind else ():
                self._must_exist(where, str(kind), one)

    def _must_exist(self, where: Path, kind: str, name: Any) -> None:
        known = self.known[kind]
        if name is None or isinstance(name, (int, float)) or name in known:
            return
        self.draft.fault(where, f"unknown {kind}", found=str(name), allowed=_some(known), nearest=_near(name, known))

    def _flags(self, panel: Panel) -> None:
        """A flag that calls for a seat is a yes-or-no fact of the council's own, or nobody could ever set it."""
        known = {name for name, fact in self.policy.book.facts.items() if fact.kind == "yes_no"}
        for index, seat in enumerate(panel.seats):
            for flag in seat.flags:
                if flag not in known:
                    where: Path = ("panels", panel.slug, "seats", index, "flags")
                    self.draft.fault(
                        where,
                        "no yes-or-no fact of that name",
                        found=flag,
                        allowed=_some(known),
                        nearest=_near(flag, known),
                    )

    def _ladder(self, panel: Panel) -> None:
        """A step that comes after another names one of the same panel that stands before it in the list."""
        before: list[str] = []
        for index, step in enumerate(panel.disputes):
            if step.after is not None and step.after not in before:
                where: Path = ("panels", panel.slug, "disputes", index, "after")
                self.draft.fault(where, "no earlier step of that code", found=step.after, allowed=_some(before))
            before.append(step.code)

    def _groups(self) -> None:
        for name, members in self.policy.book.groups.items():
            if name in words.GROUPS or name in words.CATEGORIES:
                self.draft.fault(("groups", name), "the name belongs to the language", found=name)
            for index, member in enumerate(members):
                if member in self._inside(member, name):
                    self.draft.fault(("groups", name, index), "a group cannot contain itself", found=name)
                self._must_exist(("groups", name, index), "category or group", member)

    def _inside(self, member: str, name: str) -> set[str]:
        """The member itself, if the group is found among what the member holds."""
        groups, seen, left = self.policy.book.groups, set[str](), [member]
        while left:
            one = left.pop()
            if one not in seen:
                seen.add(one)
                left.extend(groups.get(one, ()))
        return {member} if name in seen else set()

    def _language(self) -> Language | None:
        if any(fault.problem.startswith(("unknown category", "a group")) for fault in self.draft.faults):
            return None
        book = self.policy.book
        return Language(
            {name: parameter.unit for name, parameter in book.parameters.items()},
            {name: self.policy.group(name) for name in (*words.GROUPS, *book.groups)},
            tuple(sorted(self.policy.timer_ids)),
            own={name: fact.kind for name, fact in book.facts.items()},
        )

    # entries --------------------------------------------------------------------------------------
    def _entry(self, entry: Entry, language: Language | None) -> None:
        path: Path = ("entries", entry.id)
        data = entry.model_dump(by_alias=True, exclude_unset=True)
        self._names(path, data)
        self._must_exist((*path, "clause", "document"), "document", entry.clause.document)
        for key, value, where in _walk(path, data):
            if key in {"when", "met_when"} and value is not None and language is not None:
                self._condition(where, value, language, per_line=_has_lines(data, where[2:-1]))
            if key == "to" and isinstance(value, str):
                self._destination(where, value)
        for name in entry.defaults:
            if NAMES.get(name) != "yes_no":
                self.draft.fault(
                    (*path, "defaults", name), "no yes-or-no fact of that name", found=name, nearest=_near(name, NAMES)
                )
        for index, deadline in enumerate(entry.deadlines):
            self._moments((*path, "deadlines", index), deadline)
        self._steps(entry)

    def _steps(self, entry: Entry) -> None:
        """What is asked once a step of the ladder is raised names a step of a panel that the entry concerns."""
        panels = [p for p in self.policy.book.panels if not entry.panels or p.slug in entry.panels]
        known = {step.code for panel in panels for step in panel.disputes}
        for index, question in enumerate(entry.asks):
            if question.step is not None and question.step not in known:
                where: Path = ("entries", entry.id, "asks", index, "step")
                self.draft.fault(where, "no step of that code in a ladder", found=question.step, allowed=_some(known))

    def _destination(self, where: Path, slug: str) -> None:
        known = self.known["panel"] | frozenset(words.OTHER_PANELS)
        if slug not in known:
            self.draft.fault(where, "unknown panel", found=slug, allowed=_some(known), nearest=_near(slug, known))

    def _moments(self, path: Path, deadline: Deadline) -> None:
        moments = {name for name, kind in NAMES.items() if kind in {"day", "instant"}}
        others = [((*path, key), getattr(deadline, key)) for key in ("met_by", "next_after")]
        for where, name in [((*path, "due", "of"), n) for n in deadline.due.of] + others:
            if name is not None and name not in moments:
                self.draft.fault(where, "no day or instant of that name", found=name, nearest=_near(name, moments))

    def _condition(self, where: Path, text: str, language: Language, *, per_line: bool) -> None:
        try:
            condition = language.compile(text)
            of_lines = [name for name in condition.names if name.startswith("line.")]
            if of_lines and not per_line:
                self.draft.fault(where, "facts of a line need the key 'lines' beside the condition", found=of_lines[0])
        except ConditionError as error:
            wrong = unknown_name(str(error))
            self.draft.fault(
                where,
                f"condition: {error}",
                found=text if len(text) < 100 else text[:97] + "...",
                nearest=_near(wrong, language.names) if wrong else "",
            )


def _has_lines(data: Any, path: Path) -> bool:
    for step in path:
        data = data[step]
    return bool(data.get("lines"))


def _kind(key: str) -> str | None:
    if key in RULE_KEYS or key.endswith("_rule"):
        return "rule"
    for keys, kind in (
        (ROLE_KEYS, "role"),
        (TIMER_KEYS, "timer"),
        (LINE_KEYS, "category or group"),
        (PANEL_KEYS, "panel"),
        (NUMBER_KEYS, "parameter"),
        (AGENCY_KEYS, "agency"),
    ):
        if key in keys:
            return kind
    return None


def _walk(path: Path, data: Any) -> Iterator[tuple[str, Any, Path]]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield str(key), value, (*path, str(key))
            yield from _walk((*path, str(key)), value)
    elif isinstance(data, (list, tuple)):
        for index, value in enumerate(data):
            yield from _walk((*path, index), value)


def _each(value: Any) -> Iterable[Any]:
    if isinstance(value, (list, tuple)):
        return [one for one in value if isinstance(one, str)]
    return () if isinstance(value, Mapping) else (value,)


def _some(known: Iterable[str]) -> str:
    listed = sorted(known)
    return ", ".join(listed[:12]) + (f" and {len(listed) - 12} more" if len(listed) > 12 else "")


def _near(name: object, known: Iterable[str]) -> str:
    return next(iter(get_close_matches(str(name), list(known), n=1, cutoff=0.6)), "")
