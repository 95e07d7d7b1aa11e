"""What can only be judged with the whole book open: names that must exist, conditions that must type-check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from panels.policy import words
from panels.policy.cel import ConditionError
from panels.policy.facts import NAMES
from panels.policy.names import CATEGORY, Names, mappings, part, texts
from panels.policy.shapes import near
from panels.policy.vocabulary import WORDS, compared

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
AGENCY_KEYS = frozenset({"agencies", "rotates_chair"})
DECLARED = frozenset({"param.", "group.", "missed.", "own."})
"""How names begin that a policy declares itself."""
Path = tuple[str | int, ...]


def check(draft: Draft) -> None:
    """Add to the draft a fault for every name that does not exist and every condition that does not type-check.

    The parts are looked at as their files have them, so that a fault of shape hides nothing.
    """
    _Checks(draft).run()


class _Checks:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.names = Names(draft)
        self.language = self.names.language()

    def run(self) -> None:
        """Go through all parts."""
        for path, data in self.draft.parts.items():
            if isinstance(data, Mapping):
                self._names(path, data)
        for slug, panel in self.names.panels.items():
            self._flags(("panels", slug), panel)
            self._ladder(("panels", slug), panel)
        self._groups()
        for key, entry in self.names.entries.items():
            if isinstance(entry, Mapping):
                self._entry(("entries", key), entry)

    # names ----------------------------------------------------------------------------------------
    def _names(self, path: Path, data: Mapping[str, Any]) -> None:
        for key, value, where in _walk(path, data):
            kind = "role" if key == "to" and isinstance(value, list) else _kind(key)
            for one, place in _each(value, where) if kind else ():
                self._must_exist(place, str(kind), one)

    def _must_exist(self, where: Path, kind: str, name: str) -> None:
        known = self.names.known[kind]
        if known is not None and name not in known and not self.draft.incomplete:
            self.draft.fault(where, f"unknown {kind}", found=name, allowed=_some(known), nearest=near(name, known))

    def _flags(self, path: Path, panel: Any) -> None:
        """A flag that calls for a seat is a yes-or-no fact of the council's own, or nobody could ever set it."""
        known = {name for name, fact in self.names.facts.items() if part(fact, "kind") == "yes_no"}
        for index, seat in mappings(part(panel, "seats")):
            for flag in texts(seat.get("flags")):
                if flag not in known and not self.draft.incomplete:
                    where = (*path, "seats", index, "flags")
                    problem = "no yes-or-no fact of that name"
                    self.draft.fault(where, problem, found=flag, allowed=_some(known), nearest=near(flag, known))

    def _ladder(self, path: Path, panel: Any) -> None:
        """A step that comes after another names one of the same panel that stands before it in the list."""
        before: list[str] = []
        for index, step in mappings(part(panel, "disputes")):
            after = step.get("after")
            if isinstance(after, str) and after not in before:
                where = (*path, "disputes", index, "after")
                problem = "no earlier step of that code"
                self.draft.fault(where, problem, found=after, allowed=_some(before), nearest=near(after, before))
            before += texts([step.get("code")])

    def _groups(self) -> None:
        for name, members in self.draft.of("groups").items():
            if name in words.GROUPS or name in words.CATEGORIES:
                self.draft.fault(("groups", name), "the name belongs to the language", found=name)
            for index, member in enumerate(members if isinstance(members, list) else ()):
                if isinstance(member, str):
                    if self._holds(member, name):
                        self.draft.fault(("groups", name, index), "a group cannot contain itself", found=name)
                    self._must_exist(("groups", name, index), CATEGORY, member)

    def _holds(self, member: str, name: str) -> bool:
        """Whether the group is found among what its member holds."""
        seen, left = set[str](), [member]
        while left:
            one = left.pop()
            if one not in seen:
                seen.add(one)
                left.extend(self.names.groups.get(one, ()))
        return name in seen

    # entries --------------------------------------------------------------------------------------
    def _entry(self, path: Path, entry: Mapping[str, Any]) -> None:
        document = part(entry.get("clause"), "document")
        if isinstance(document, str) and self.names.council:
            self._must_exist((*path, "clause", "document"), "document", document)
        for key, value, where in _walk(path, entry):
            if key in {"when", "met_when"} and isinstance(value, str):
                self._condition(where, value, per_line=_has_lines(entry, where[2:-1]))
            if key == "to" and isinstance(value, str):
                self._destination(where, value)
        for name in entry.get("defaults") or () if isinstance(entry.get("defaults"), Mapping) else ():
            if NAMES.get(name) != "yes_no":
                known = {name for name, kind in NAMES.items() if kind == "yes_no"}
                problem = "no yes-or-no fact of that name"
                self.draft.fault(
                    (*path, "defaults", name), problem, found=name, allowed=_some(known), nearest=near(name, known)
                )
        for index, deadline in mappings(entry.get("deadlines")):
            self._moments((*path, "deadlines", index), deadline)
        self._steps(path, entry)

    def _steps(self, path: Path, entry: Mapping[str, Any]) -> None:
        """What is asked once a step of the ladder is raised names a step of a panel that the entry concerns."""
        concerned = texts(entry.get("panels")) or list(self.names.panels)
        ladders = [part(self.names.panels.get(slug), "disputes") for slug in concerned]
        known = texts([step.get("code") for ladder in ladders for _, step in mappings(ladder)])
        for index, question in mappings(entry.get("asks")):
            step = question.get("step")
            if isinstance(step, str) and step not in known and not self.draft.incomplete:
                where = (*path, "asks", index, "step")
                problem = "no step of that code in a ladder"
                self.draft.fault(where, problem, found=step, allowed=_some(known), nearest=near(step, known))

    def _destination(self, where: Path, slug: str) -> None:
        known = set(self.names.panels) | set(words.OTHER_PANELS)
        if slug not in known and not self.draft.incomplete:
            self.draft.fault(where, "unknown panel", found=slug, allowed=_some(known), nearest=near(slug, known))

    def _moments(self, path: Path, deadline: Mapping[str, Any]) -> None:
        moments = {name for name, kind in NAMES.items() if kind in {"day", "instant"}}
        others = [((*path, key), deadline.get(key)) for key in ("met_by", "next_after")]
        for where, name in [((*path, "due", "of"), n) for n in texts(part(deadline.get("due"), "of"))] + others:
            if isinstance(name, str) and name not in moments:
                problem = "no day or instant of that name"
                self.draft.fault(where, problem, found=name, allowed=_some(moments), nearest=near(name, moments))

    # conditions -----------------------------------------------------------------------------------
    def _condition(self, where: Path, text: str, *, per_line: bool) -> None:
        try:
            condition = self.language.compile(text)
        except ConditionError as error:
            for name in error.unknown:
                self._unknown(where, name)
            for problem in error.others:
                self.draft.fault(where, f"condition: {problem}", found=text if len(text) < 100 else text[:97] + "...")
            return
        of_lines = [name for name in condition.names if name.startswith("line.")]
        if of_lines and not per_line:
            self.draft.fault(where, "facts of a line need the key 'lines' beside the condition", found=of_lines[0])
        for fact, word in compared(text):
            known = self.names.words_of(fact)
            if known is not None and word not in known and (fact in WORDS or not self.draft.incomplete):
                problem = f"condition: no word of {fact.removesuffix('[]')}"
                self.draft.fault(where, problem, found=word, allowed=_some(known), nearest=near(word, known))

    def _unknown(self, where: Path, name: str) -> None:
        """A name no condition may use, with those that stand under the same word, such as `param`."""
        family = name.partition(".")[0] + "."
        if family in DECLARED and self.draft.incomplete:
            return
        like = {known for known in self.language.names if known.startswith(family)}
        nearest = near(name, like) or near(name, self.language.names)
        if not nearest and family in DECLARED:
            nearest = near(name, like, cutoff=0)  # there are few of them, and one of them is meant
        self.draft.fault(where, "condition: unknown name", found=name, allowed=_some(like), nearest=nearest)


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
        (LINE_KEYS, CATEGORY),
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


def _each(value: Any, where: Path) -> list[tuple[str, Path]]:
    """The names that a key gives, each with its place."""
    if isinstance(value, list):
        return [(one, (*where, index)) for index, one in enumerate(value) if isinstance(one, str)]
    return [(value, where)] if isinstance(value, str) else []


def _some(known: Iterable[str]) -> str:
    listed = sorted(known)
    return ", ".join(listed[:12]) + (f" and {len(listed) - 12} more" if len(listed) > 12 else "")
