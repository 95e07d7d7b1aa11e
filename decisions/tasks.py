"""Later work: look for rows that are owed, do what they ask, once. Each task may run twice without harm."""

from __future__ import annotations

import logging
import traceback

from celery import shared_task
from django.utils import timezone

from decisions import documents
from decisions.services import dropping, forward, packs, reminders, sheets

log = logging.getLogger(__name__)


@shared_task  # type: ignore[untyped-decorator]
def draw_owed_sheets() -> int:
    """Draw, seal and store each sheet that is owed; says how many. One that fails waits and is tried again."""
    stored = 0
    for sheet in sheets.claim_owed(at=timezone.now()):
        try:
            pdf = documents.draw_sheet(sheet.data, data_sha256=sheet.data_sha256, reference=sheet.reference)
            stored += sheets.store_sealed(sheet=sheet, pdf=documents.seal(pdf), at=timezone.now())
        except Exception as fault:
            # The kind of fault and its place only: its words, which a traceback ends with, could quote the sheet.
            where = traceback.extract_tb(fault.__traceback__)[-1]
            log.error(  # noqa: TRY400
                "sheet %s could not be drawn: %s at %s:%s",
                sheet.reference,
                type(fault).__name__,
                where.filename,
                where.lineno,
            )
            sheets.note_failure(sheet=sheet, fault=type(fault).__name__, at=timezone.now())
    for version in packs.without_pack():
        packs.store(version=version, pdf=documents.draw_pack(version.snapshot), at=timezone.now())
    return stored


@shared_task  # type: ignore[untyped-decorator]
def owe_reminders() -> int:
    """Owe reminders of actions, reviews and decisions that are due; says how many are new.

    Withdrawn requests leave their agendas on the same round, for meetings nobody is looking at.
    """
    now = timezone.now()
    dropping.drop_withdrawn_everywhere(at=now)
    return reminders.owe(at=now)


@shared_task  # type: ignore[untyped-decorator]
def put_cases_forward() -> int:
    """Put forward what the policies' triggers hold for; says how many are new."""
    return forward.put_all_forward(at=timezone.now())
