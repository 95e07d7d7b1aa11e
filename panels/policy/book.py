"""A whole policy as plain, checked data, and the questions the pages ask of it."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import cached_property
from typing import Any

from pydantic import Field

from panels.policy import words
from panels.policy.schema import (
    Council,
    Deadline,
    Dispute,
    Entry,
    Notice,
    Outcome,
    OutsidePanel,
    OwnFact,
    Panel,
    Parameter,
    SignOff,
)
from panels.policy.schema.base import Code, Shape


class Book(Shape):
    """Everything the files of one council say, in the order in which they say it."""

    council: Council
    panels: tuple[Panel, ...] = Field(min_length=1)
    parameters: dict[Code, Parameter] = Field(default_factory=dict)
    groups: dict[Code, tuple[Code, ...]] = Field(default_factory=dict)
    facts: dict[Code, OwnFact] = Field(default_factory=dict)
    entries: tuple[Entry, ...] = Field(min_length=1)


class Policy:
    """One version of a council's rules. Equal policies have equal digests; nothing in one changes after it is made."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Policy) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Policy({self.version})"

    # identity -------------------------------------------------------------------------------------
    @property
    def slug(self) -> str:
        """The council's slug."""
        return self.book.council.slug

    @property
    def name(self) -> str:
        """The council's name."""
        return self.book.council.name

    @property
    def version(self) -> str:
        """Slug and number, as results print it: `slug@1`."""
        return f"{self.book.council.slug}@{self.book.council.version}"

    @property
    def starts_on(self) -> date:
        """The first day on which this version holds."""
        return self.book.council.from_

    def payload(self) -> dict[str, Any]:
        """The policy as JSON-able data; `from_payload` makes an equal policy of it."""
        return self.book.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Policy:
        """Rebuild a policy from `payload()`; refuses what the schema refuses (pydantic.ValidationError)."""
        return cls(Book.model_validate(payload))

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of the payload written with sorted keys and no spaces."""
        text = json.dumps(self.payload(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()

    # panels ---------------------------------------------------------------------------------------
    @property
    def panels(self) -> tuple[Panel, ...]:
        """The council's panels in the order of its files."""
        return self.book.panels

    @cached_property
    def _panels(self) -> dict[str, Panel]:
        return {panel.slug: panel for panel in self.book.panels}

    def panel(self, slug: str) -> Panel:
        """The panel with that slug; KeyError where the council has none."""
        return self._panels[slug]

    def has_panel(self, slug: str) -> bool:
        """Whether the council has a panel with that slug."""
        return slug in self._panels

    def sign_off_chain(self, panel: str, *, required_only: bool = True) -> tuple[SignOff, ...]:
        """The signatures asked for before a request reaches the panel, in order; without notes unless asked."""
        return tuple(s for s in self.panel(panel).sign_offs if s.required or not required_only)

    def outcomes(self, panel: str) -> tuple[Outcome, ...]:
        """The words the panel may decide with."""
        return self.panel(panel).outcomes

    def outcome(self, panel: str, code: str) -> Outcome:
        """One outcome of the panel; KeyError where it has none of that code."""
        for outcome in self.panel(panel).outcomes:
            if outcome.code == code:
                return outcome
        raise KeyError(code)

    def outside_panel(self, panel: str, kind: str) -> OutsidePanel | None:
        """Who may agree outside the panel for that kind of emergency, or nobody where the text names no one."""
        routes = self.panel(panel).outside_panel
        return next((r for r in routes if r.kind == kind), next((r for r in routes if r.kind == "any"), None))

    def notices(self, panel: str, occasion: str) -> tuple[Notice, ...]:
        """Who is told what on that occasion."""
        return tuple(n for n in self.panel(panel).notices if n.occasion == occasion)

    def dispute_steps(self, panel: str, raised_by: str) -> tuple[Dispute, ...]:
        """The ladder for those who disagree, for a practitioner or the family."""
        return tuple(d for d in self.panel(panel).disputes if d.raised_by in {raised_by, "anyone"})

    def submission_deadline(self, panel: str) -> Deadline | None:
        """The timer that closes the list of a meeting, with its formula; None where the text states none."""
        submission = self.panel(panel).submission
        return self.timer(submission.timer) if submission else None

    # roles and areas ------------------------------------------------------------------------------
    @cached_property
    def _titles(self) -> dict[str, str]:
        return {role.code: role.title for role in self.book.council.roles}

    @cached_property
    def role_codes(self) -> frozenset[str]:
        """Every role a case of this council may name: the common ones and the policy's own."""
        return frozenset(words.ROLES) | frozenset(self._titles)

    def role_title(self, code: str) -> str:
        """The council's title for a role, or the code in words where the council uses none."""
        return self._titles.get(code) or code.replace("_", " ").capitalize()

    @cached_property
    def area_codes(self) -> frozenset[str]:
        """The codes of the council's areas; empty where it has none."""
        return frozenset(area.code for area in self.book.council.areas)

    # entries --------------------------------------------------------------------------------------
    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every row of the register, in its order."""
        return self.book.entries

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        return {entry.id: entry for entry in self.book.entries}

    def entry(self, rule: str) -> Entry:
        """The entry with that rule id; KeyError where the policy has none."""
        return self._entries[rule]

    @cached_property
    def evidence_codes(self) -> frozenset[str]:
        """The rule ids that may be answered in the evidence of a case."""
        return frozenset(entry.id for entry in self.book.entries if entry.checklist)

    @cached_property
    def _timers(self) -> dict[str, tuple[Entry, Deadline]]:
        return {d.timer: (e, d) for e in reversed(self.book.entries) for d in e.deadlines}

    @property
    def timer_ids(self) -> frozenset[str]:
        """The timers this policy runs."""
        return frozenset(self._timers)

    def timer(self, timer: str) -> Deadline:
        """The deadline behind a timer id; KeyError where the policy has none."""
        return self._timers[timer][1]

    def clause(self, rule: str) -> str:
        """The place in the council's text on which a rule rests, as shown beside every verdict."""
        entry = self._entries[rule]
        return f"{self.document_title(entry.clause.document)}, {entry.clause.section}"

    def document_title(self, code: str) -> str:
        """The title of one of the council's documents; KeyError where there is none of that code."""
        return next(d.title for d in self.book.council.documents if d.code == code)

    # numbers and groups ---------------------------------------------------------------------------
    def parameter(self, name: str, on: date | None = None) -> int | float:
        """The value of a named parameter on a day (the latest value where no day is given); KeyError when unknown."""
        values = self.book.parameters[name].values
        held = [v for v in values if on is None or v.from_ is None or v.from_ <= on]
        return (held or values[:1])[-1].value

    def group(self, name: str) -> tuple[str, ...]:
        """The categories of a group of the policy or the language; a category stands for itself."""
        return words.unfolded(name, self.book.groups)

    def categories(self, panel: str | None = None) -> tuple[str, ...]:
        """The categories a panel (or any of them) offers, in the order of the language: those some entry takes in."""
        taken = {
            category
            for entry in self.book.entries
            for remit in entry.remit
            if remit.verdict == "in" and (panel is None or not remit.panels or panel in remit.panels)
            for name in remit.lines
            for category in self.group(name)
        }
        return tuple(c for c in words.CATEGORIES if c in taken)
