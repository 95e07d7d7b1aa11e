"""Replace the password of somebody who forgot theirs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from people.models import User
from people.services.accounts import AccountRefusedError, replace_password


class Command(BaseCommand):
    """Prints a new first password once. For those whose password no page may replace: who approves offices."""

    help = "Replace the password of an account; its sessions end, its owner is told."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("council", help="The slug of the council.")
        parser.add_argument("username", help="What they sign in with.")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(council__slug=options["council"], username=options["username"]).first()
        if user is None:
            raise CommandError("There is no such account in this council.")
        try:
            password = replace_password(user=user, by=None, at=timezone.now())
        except AccountRefusedError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"First password, shown once: {password}")
        self.stdout.write("It must be changed at the first sign-in.")
