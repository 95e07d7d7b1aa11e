"""Brings the tables up to date as their owner, and gives the role that serves pages only what it needs."""

from __future__ import annotations

import os
from typing import Any

import dj_database_url
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from psycopg import sql

GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
)


class Command(BaseCommand):
    """Migrates, then makes the role of APP_DATABASE_URL where there is none and sets its rights."""

    help = (
        "Migrates as the owner of the tables (DATABASE_URL), then lets the role of APP_DATABASE_URL read and write "
        "rows. That role cannot change tables or take triggers off, so it cannot rewrite what was decided."
    )

    def handle(self, *_args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        if connection.vendor != "postgresql":
            return
        app = dj_database_url.parse(os.environ.get("APP_DATABASE_URL", ""))
        role, password = app.get("USER"), app.get("PASSWORD")
        if not role:
            msg = "APP_DATABASE_URL must name the role that serves pages (not the owner of the tables)"
            raise CommandError(msg)
        if role == connection.settings_dict["USER"]:
            msg = "APP_DATABASE_URL and DATABASE_URL name the same role; the one that serves pages must not own tables"
            raise CommandError(msg)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if cursor.fetchone() is None:
                make = sql.SQL("CREATE ROLE {role} LOGIN PASSWORD {password}")
                cursor.execute(make.format(role=sql.Identifier(role), password=sql.Literal(password or None)))
            for grant in GRANTS:
                cursor.execute(sql.SQL(grant).format(role=sql.Identifier(role)))
        self.stdout.write(f"Tables are up to date; {role} may read and write rows.")
