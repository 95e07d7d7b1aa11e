"""Make the two accounts a council begins with."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug
from django.utils import timezone

from people.models import Council
from people.permissions import Capacity
from people.services.accounts import AccountRefusedError, make_first


class Command(BaseCommand):
    """Makes a council's first system administrator, or its first head of service, and prints the password once."""

    help = (
        "Make the first system administrator of a council, who makes every other account on the pages. "
        "With --approver, make the first head of service, who approves the offices the administrator proposes. "
        "Refused when the council has one already."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("council", help="The slug of a council whose policy is adopted.")
        parser.add_argument("username", help="What they sign in with.")
        parser.add_argument("email", help="Where messages go.")
        parser.add_argument("--name", default="", help="First and last name; the user name stands in for it.")
        parser.add_argument("--approver", action="store_true", help="Make the first who approves offices instead.")
        parser.add_argument(
            "--office",
            default="",
            help="The office, a role code of the policy; by default system_administrator or head_of_service.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        council = Council.objects.filter(slug=options["council"]).first()
        if council is None:
            raise CommandError(f"There is no council {options['council']!r}. Adopt its policy first.")
        capacity = Capacity.HEAD_OF_SERVICE if options["approver"] else Capacity.SYSTEM_ADMINISTRATOR
        role = options["office"] or capacity.value
        try:
            validate_slug(role)
            user, password = make_first(
                council=council,
                username=options["username"],
                email=options["email"],
                name=options["name"],
                capacity=capacity,
                role=role,
                at=timezone.now(),
            )
        except ValidationError:
            raise CommandError(f"{role!r} is not a role code of the policy.") from None
        except AccountRefusedError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"User name: {user.username}")
        self.stdout.write(f"First password, shown once: {password}")
        self.stdout.write("It must be changed at the first sign-in.")
