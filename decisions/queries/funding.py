"""Who pays which part of what is agreed, as the policy proposes it; a partner's answer comes later, in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from applications.queries import case_of, facts_of
from finance.models import Funder
from panels.rules import split_of

if TYPE_CHECKING:
    from datetime import datetime

    from applications.models import Application
    from decisions.queries.money import AgreedLine
    from panels.policy import Policy


def funded(lines: Sequence[AgreedLine], application: Application, *, policy: Policy, at: datetime) -> list[AgreedLine]:
    """Agreed lines with the shares of the policy's splits; unchanged where it has none, without asking anything."""
    if not lines or not any(entry.splits for entry in policy.entries):
        return list(lines)
    place = {line.pk: number for number, line in enumerate(application.lines.all())}
    case = case_of(facts_of(application, at=at, policy=policy), policy)
    found = {line.line_id: split_of(case, policy, line=place[line.line_id], at=at) for line in lines}
    return [
        replace(line, shares=tuple(split[1].shares.items())) if (split := found[line.line_id]) else line
        for line in lines
    ]


def shares_in_words(shares: Iterable[Sequence[object]]) -> str:
    """Who pays which per cent of a line, as pages and sheets write it; empty where the council pays it all."""
    return ", ".join(f"{_payer(str(code))} {part} per cent" for code, part in shares)


def _payer(code: str) -> str:
    return "the council" if code == Funder.OWN else code.replace("_", " ").capitalize()
