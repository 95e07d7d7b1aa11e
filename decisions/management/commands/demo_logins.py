"""Prints the demo accounts worth trying: one for each role of each council."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from decisions.management.demo.cast import PASSWORD
from panels.models import SeatHolder
from people.models import Council, RoleHeld, User
from people.permissions import Capacity


class Command(BaseCommand):
    """`manage.py demo_logins`."""

    help = "Print one demo login for each role of each council."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print a table: a row a role, a column a council."""
        if not settings.DEMO:
            raise CommandError("There are demo accounts only where DEMO=1.")
        for council in Council.objects.order_by("name"):
            self.stdout.write(f"\n{council.name}  (password of all demo accounts: {PASSWORD})")
            held = RoleHeld.objects.filter(user__council=council).select_related("user").order_by("user_id", "pk")
            offices = Counter(role.user_id for role in held)
            first: dict[str, User] = {}
            seated = set(SeatHolder.objects.filter(panel__council=council).values_list("user_id", flat=True))
            # Who is one thing only shows it best; a member has to sit somewhere.
            for role in sorted(held, key=lambda role: (role.user_id not in seated, offices[role.user_id])):
                first.setdefault(role.capacity, role.user)
            for capacity in Capacity:
                if capacity.value in first:
                    user = first[capacity.value]
                    self.stdout.write(f"  {capacity.label:<22} {user.username:<48} {user}")
