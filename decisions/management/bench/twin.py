"""A copy of a data set for what cannot be taken back: other processes write, and the kept one stays as it is."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def twin_of(address: str, place: Path) -> Iterator[tuple[str, Path]]:
    """Copy database and seal of a data set; give the copy's address and folder, and remove both in the end.

    Args:
        address: the data set's database; nobody else is connected to it meanwhile.
        place: the data set's folder.
    """
    folder = place / "twin"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if (place / "seal").exists():
        shutil.copytree(place / "seal", folder / "seal")
    try:
        if address.startswith("postgres"):
            with _on_server(address) as copy:
                yield copy, folder
        else:
            _copy_file(place / address.removeprefix("sqlite:///"), folder / "panel.sqlite3")
            yield f"sqlite:///{folder / 'panel.sqlite3'}", folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy_file(source: Path, copy: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)


@contextmanager
def _on_server(address: str) -> Iterator[str]:
    import psycopg  # noqa: PLC0415 -- only where it is used
    from psycopg import sql  # noqa: PLC0415

    parts = urlsplit(address)
    old = parts.path.lstrip("/")
    new = f"{old}_twin"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(new))
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(new), sql.Identifier(old))
    with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as server:
        server.execute(drop)
        server.execute(copy)
        try:
            yield parts._replace(path=f"/{new}").geturl()
        finally:
            server.execute(drop)
