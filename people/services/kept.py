"""Keeping what was posted after a session had ended, and giving it back to the same person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from people.models import KeptForm, User

HELD_FOR = timedelta(days=1)
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "password", "old_password", "new_password1", "new_password2"})
AT_MOST = 5  # forms kept for one person; the oldest go first


@transaction.atomic
def keep_form(*, user: User, path: str, fields: Mapping[str, Sequence[object]], at: datetime) -> KeptForm | None:
    """Keep a posted form for a day; None when it held nothing worth keeping. Passwords are never kept."""
    texts = {
        name: [str(value).replace("\x00", "") for value in values]
        for name, values in fields.items()
        if name not in NOT_KEPT
    }
    if not any(value.strip() for values in texts.values() for value in values):
        return None
    sweep_kept(user=user, at=at)
    return KeptForm.objects.create(user=user, path=path[:300], fields=texts, kept=at)


@transaction.atomic
def give_back(*, kept: KeptForm, by: User, at: datetime) -> None:
    """Note that its owner took a kept form back (or threw it away); it is shown no more and swept within a day."""
    KeptForm.objects.for_user(by).filter(pk=kept.pk, given_back__isnull=True).update(given_back=at)


def sweep_kept(*, user: User, at: datetime) -> None:
    """Delete somebody's kept forms older than a day, and all but the latest few."""
    KeptForm.objects.for_user(user).filter(kept__lt=at - HELD_FOR).delete()
    spare = KeptForm.objects.for_user(user).order_by("-kept", "-pk").values_list("pk", flat=True)[AT_MOST - 1 :]
    KeptForm.objects.filter(pk__in=list(spare)).delete()
