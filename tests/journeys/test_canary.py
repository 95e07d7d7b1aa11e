"""Without scripts, with every personal field full of one strange word: the walk works, and the word gets nowhere."""

from __future__ import annotations

import inspect
import io
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from playwright.sync_api import Browser
from pypdf import PdfReader

from config.celery import app
from decisions.models import AgendaVersion
from people.models import Message

from . import proofs
from .walk import MEETS, MONDAY, Walk, work
from .writing import Words

if TYPE_CHECKING:
    from .conftest import Post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CANARY = "Quoxlefinch"


def has(text: object) -> bool:
    """Whether the word stands in a text, however it is written."""
    return CANARY.lower() in str(text).lower()


def test_personal_words_go_nowhere_but_into_the_pages_and_papers_of_those_who_may_read_them(
    chromium: Browser,
    live_server: Any,
    clock: Callable[[datetime], None],
    settings: Any,
    tmp_path: Path,
    post: Post,
    seal: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.BASE_URL = live_server.url
    caplog.set_level(logging.INFO)
    words = Words(
        first_name=CANARY,
        last_name=f"{CANARY}-Last",
        case_reference=f"CS-{CANARY}",
        family_reference=f"F-{CANARY}",
        mark=CANARY,
    )
    clock(MONDAY)
    walk = Walk("kent", browser=chromium, address=live_server.url, folder=tmp_path, words=words, scripts=False)
    walk.plan()
    walk.write()
    walk.sign()
    walk.list_and_publish()
    work()
    clock(MEETS)
    decision = walk.hold()
    walk.approve(decision)
    walk.sign_decision(decision)
    work()
    pdf = walk.sheet(decision)
    pack = AgendaVersion.objects.get(meeting__reference=walk.meeting).pack.read()

    papers = {name: PdfReader(io.BytesIO(file)) for name, file in (("sheet", pdf), ("pack", pack))}
    for name, paper in papers.items():
        assert has("".join(page.extract_text() for page in paper.pages)), f"the {name} says nothing: the test is blind"
        assert not has(paper.metadata), name
        assert not has(paper.xmp_metadata and paper.xmp_metadata.stream.get_data()), name
    proofs.every_message_went_out_once(post, never=[CANARY])
    assert not [row for row in Message.objects.values() if has(row)]
    assert not [record.getMessage() for record in caplog.records if has(record.getMessage()) or has(record.exc_text)]
    assert not [address for address in walk.seen() if has(address)]
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if has(path.relative_to(settings.MEDIA_ROOT))]
    assert not [session.pk for session in Session.objects.all() if has(session.get_decoded())]
    assert not [entry for entry in cached() if has(entry)]
    proofs.the_chains_hold()


def cached() -> list[tuple[str, str]]:
    """Every key of the cache with what stands under it, as text; in memory or in Redis."""
    held: Any = getattr(cache, "_cache", {})
    if not hasattr(held, "get_client"):
        return [(str(key), str(value)) for key, value in held.items()]
    redis = held.get_client()
    return [(str(key), str(redis.get(key))) for key in redis.scan_iter() if redis.type(key) == b"string"]


def test_no_task_takes_an_argument_that_could_hold_words() -> None:
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}

    assert len(ours) >= 3
    assert [name for name, task in ours.items() if inspect.signature(task.run).parameters] == []
