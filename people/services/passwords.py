"""Passwords: asked for at the door and again before a signature, with a wait that grows after wrong ones.

Nothing is ever locked for good: a lock would be a weapon against the one who owns the account. Whoever has signed in
on a device before is counted apart there, so an attack from elsewhere does not make them wait.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import authenticate
from django.core.cache import cache

from people.models import User

FREE_TRIES = 5
FREE_TRIES_OF_AN_ADDRESS = 40  # a whole office may share one address
LONGEST_WAIT = 300  # seconds
FORGOTTEN_AFTER = 3600  # seconds without a wrong password


class TooManyTriesError(Exception):
    """The password was not looked at: it is too soon after wrong ones."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"Too many wrong passwords. Wait {seconds} seconds, then try again.")


@dataclass(frozen=True, slots=True)
class _Counter:
    key: str
    free: int


def sign_in(*, username: str, password: str, address: str, at: datetime, known_device: str = "") -> User | None:
    """Check a name and a password: the person, or None, without saying which of the two was wrong.

    An unknown name costs the same time as a wrong password. Somebody without a council cannot sign in.

    Args:
        username: As typed.
        password: As typed.
        address: The network address it came from.
        at: When, aware.
        known_device: Set when this device holds proof that this account signed in here before.

    Raises:
        TooManyTriesError: too soon after wrong ones; nothing was checked.
    """
    name = username.strip().casefold()
    counters = [
        _Counter(_key("account", name, known_device), FREE_TRIES),
        _Counter(_key("address", address), FREE_TRIES_OF_AN_ADDRESS),
    ]
    _refuse_if_too_soon(counters, at=at)
    user = authenticate(username=username.strip(), password=password)
    if isinstance(user, User) and user.council_id is not None:
        cache.delete(counters[0].key)
        return user
    _count_wrong(counters, at=at)
    return None


def confirm_password(*, user: User, password: str, at: datetime) -> bool:
    """Ask somebody who is signed in for their password again, as before a signature.

    Raises:
        TooManyTriesError: too soon after wrong ones; nothing was checked.
    """
    counters = [_Counter(_key("confirm", str(user.pk)), FREE_TRIES)]
    _refuse_if_too_soon(counters, at=at)
    if user.is_active and user.check_password(password):
        cache.delete(counters[0].key)
        return True
    _count_wrong(counters, at=at)
    return False


def _key(*parts: str) -> str:
    return "tries:" + hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def _refuse_if_too_soon(counters: list[_Counter], *, at: datetime) -> None:
    now = at.timestamp()
    waits = [cache.get(f"{counter.key}:until", 0) - now for counter in counters]
    if max(waits) > 0:
        raise TooManyTriesError(int(max(waits)) + 1)


def _count_wrong(counters: list[_Counter], *, at: datetime) -> None:
    """Count a wrong one; from the sixth on each doubles the wait, up to five minutes."""
    for counter in counters:
        cache.add(counter.key, 0, FORGOTTEN_AFTER)
        wrong = cache.incr(counter.key)
        cache.touch(counter.key, FORGOTTEN_AFTER)
        if wrong > counter.free:
            wait = min(2 ** min(wrong - counter.free, 20), LONGEST_WAIT)
            cache.set(f"{counter.key}:until", at.timestamp() + wait, wait + 1)
