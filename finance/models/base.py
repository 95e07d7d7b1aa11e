"""What every finance model shares: it belongs to a council, and some of it can only be added to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

from django.db import models

from people.permissions import Permission, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from people.models import User

M = TypeVar("M", bound=models.Model)


class AppendOnlyError(TypeError):
    """Somebody tried to change what can only be added to. Post a correction instead."""


class ScopedQuerySet(models.QuerySet[M]):
    """Rows of one council, for those who may see its ledger.

    Holders of a narrower scope than the council or a panel see the budget lines they own and what is on them.
    """

    council_path = "council_id"
    owner_path: str | None = None

    def for_user(self, user: User) -> Self:
        """Rows somebody may see: their own council's, by the scopes they hold of `see_ledger`; else none."""
        held = user.scopes_of(Permission.SEE_LEDGER)
        if not held:
            return self.none()
        mine = self.filter(**{self.council_path: user.council_id})
        if self.owner_path is None or held & {Scope.COUNCIL, Scope.PANELS}:
            return mine
        return mine.filter(**{self.owner_path: user.pk})


class AppendOnlyQuerySet(ScopedQuerySet[M]):
    """A queryset that can add and read, and nothing else. The database refuses the rest a second time, by trigger."""

    def update(self, **_values: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError(f"{self.model.__name__} rows are never changed.")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError(f"{self.model.__name__} rows are never deleted.")

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError(f"{self.model.__name__} rows are never changed.")

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        """Add rows; updating those already there is refused."""
        if kwargs.get("update_conflicts") or kwargs.get("ignore_conflicts"):
            raise AppendOnlyError(f"{self.model.__name__} rows are added or refused, never merged.")
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnly(models.Model):
    """A row written once. Changing it is refused here, again by trigger, and would show in the chain."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; refuse if it is already stored."""
        if self.pk is not None and not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are never changed.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError(f"{type(self).__name__} rows are never deleted.")
