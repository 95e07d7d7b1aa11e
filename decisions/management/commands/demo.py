"""Fills a demonstration: invented people, a year of meetings, requests in every state. Same names every time."""

from __future__ import annotations

import gc
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import get_hasher, make_password
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from decisions.management.demo.cast import PASSWORD, Casting, load_budgets, pay
from decisions.management.demo.changes import adopt_next
from decisions.management.demo.story import Story
from panels.services import policy_for
from people.models import Council, User
from people.services import put_down_together

LONDON = ZoneInfo("Europe/London")


def cheapen_hashes() -> None:
    """Make this process hash cheaply: the demonstration signs hundreds of times, each with the password.

    The first real sign-in of an account replaces its hash by one of full strength.
    """
    hasher: Any = get_hasher()
    hasher.time_cost, hasher.memory_cost, hasher.parallelism = 1, 8, 1


class Command(BaseCommand):
    """`manage.py demo`: once; a second call changes nothing."""

    help = "Load the demonstration's people, requests, meetings and decisions for every council adopted."
    requires_system_checks: list[str] = []  # what made its tables has checked

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load whatever council has no people yet."""
        if not settings.DEMO:
            raise CommandError("The demonstration is loaded only where DEMO=1: its accounts have a known password.")
        now = timezone.now()
        gc.disable()  # much is made and nothing thrown away: collecting would cost a tenth of the time
        cheapen_hashes()
        password = make_password(PASSWORD)
        for number, council in enumerate(Council.objects.order_by("slug")):
            if User.objects.filter(council=council).exists():
                continue
            with put_down_together():
                _, policy = policy_for(council=council, on=timezone.localdate(now))
                on = timezone.localdate(now)
                year = on.year if on.month >= 4 else on.year - 1
                began = datetime.combine(on.replace(year=on.year - 1), time(9), tzinfo=LONDON)
                cast = Casting(council, policy, on=on, at=began, password=password, shift=number).make()
                load_budgets(cast, year=year - 1, at=began)
                load_budgets(cast, year=year, at=began)
                Story(cast, now=now, shift=number).tell()
                adopt_next(cast, at=now)
                pay(cast, month=(on.replace(day=1) - timedelta(days=1)).replace(day=1), at=now)
            self.stdout.write(f"{council.name}: demonstration loaded")
