"""The agenda pack: drawn once from a published version, stored with its fingerprint."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.db import transaction

from decisions.models import AgendaVersion
from people import services as people_services
from people.models.record import Verb

if TYPE_CHECKING:
    from datetime import datetime


def without_pack(*, most: int = 5) -> list[AgendaVersion]:
    """Published agendas whose pack is still to be drawn, oldest first."""
    return list(
        AgendaVersion.objects.filter(pack_sha256="")
        .select_related("meeting__panel__council")
        .order_by("published_at")[:most]
    )


@transaction.atomic
def store(*, version: AgendaVersion, pdf: bytes, at: datetime) -> bool:
    """Store a drawn pack and put its fingerprint in the record; False when it was there already."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    if not AgendaVersion.objects.filter(pk=version.pk, pack_sha256="").update(pack_sha256=sha256):
        return False
    meeting = version.meeting
    version.pack.save(f"{meeting.reference}-v{version.number}.pdf", ContentFile(pdf), save=False)
    AgendaVersion.objects.filter(pk=version.pk).update(pack=version.pack.name)
    people_services.record(
        council=meeting.panel.council,
        by=None,
        at=at,
        verb=Verb.COLLECTION,
        action="pack.drawn",
        subject="meeting",
        subject_ref=meeting.reference,
        facts={"agenda": version.number, "file_sha256": sha256},
    )
    return True
