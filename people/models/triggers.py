"""Database triggers that refuse every change to a table that is only added to; called by migrations.

They stop slips, injected SQL and an application role. An owner of the database can take them away: what is left
against that is the hash chain and a link of it kept elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON "{table}"
BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END
"""
_POSTGRES = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON "{table}"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON "{table}"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def forbid_changes(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Make the database refuse UPDATE and DELETE (and TRUNCATE where there is one) on a table."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRES.format(table=table), params=None)
        return
    for verb in ("update", "delete"):
        schema_editor.execute(_SQLITE.format(table=table, verb=verb, VERB=verb.upper()), params=None)


def allow_changes(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Take the triggers away again: for migrations backwards alone."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f'DROP TRIGGER IF EXISTS {table}_no_change ON "{table}"', params=None)
        schema_editor.execute(f'DROP TRIGGER IF EXISTS {table}_no_truncate ON "{table}"', params=None)
        return
    for verb in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}", params=None)
