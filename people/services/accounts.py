"""Changing an account."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from people.models import User
from people.models.record import Verb
from people.services.record import record


@transaction.atomic
def change_password(*, user: User, password: str, at: datetime) -> None:
    """Give somebody the password they chose; every session made with the one before is void from now on."""
    user.set_password(password)
    user.save(update_fields=["password"])
    if user.council is not None:
        record(
            council=user.council,
            by=user,
            at=at,
            verb=Verb.ALTERATION,
            action="password.changed",
            subject="user",
            subject_ref=str(user.pk),
        )
