"""From a blank form to a sealed sheet in the recipients' mailboxes, as the people of a council walk it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser

from applications.states import State
from decisions.states import DecisionState
from people.models import Message

from . import proofs
from .walk import MEETS, MONDAY, Walk, work

if TYPE_CHECKING:
    from .conftest import Post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("slug", ["kent", "west-berkshire"])
def test_five_people_walk_a_request_from_a_blank_form_to_a_sealed_sheet(
    slug: str,
    chromium: Browser,
    live_server: Any,
    clock: Callable[[datetime], None],
    settings: Any,
    tmp_path: Any,
    post: Post,
    seal: None,
) -> None:
    settings.BASE_URL = live_server.url
    clock(MONDAY)
    walk = Walk(slug, browser=chromium, address=live_server.url, folder=tmp_path)
    walk.plan()
    walk.write()
    assert walk.sign() == [step.role for step in walk.town.policy.panel(walk.town.panel.slug).sign_offs]
    walk.list_and_publish()
    work()
    walk.read_the_pack()

    clock(MEETS)
    decision = walk.hold()
    walk.approve(decision)
    walk.sign_decision(decision)
    work()
    decision.refresh_from_db()
    assert (decision.state, walk.request.state) == (DecisionState.ISSUED, State.DECIDED)
    proofs.the_ledger_is_right_to_the_penny(decision)
    first = walk.sheet(decision)
    proofs.the_sheet_is_what_is_on_record(walk, decision, first)
    assert walk.verdict(first).startswith("Valid")
    assert walk.verdict(proofs.flipped(first)).startswith("Changed")

    new = walk.correct(decision)
    walk.approve(new)
    walk.sign_decision(new)
    work()
    proofs.the_ledger_is_right_to_the_penny(new)
    second = walk.sheet(new)
    proofs.the_sheet_is_what_is_on_record(walk, new, second)
    assert walk.verdict(first).startswith("Superseded")
    assert walk.verdict(second).startswith("Valid")

    never = [walk.words.last_name, walk.words.case_reference, "therap", "Bridge", str(walk.town.worker)]
    proofs.every_message_went_out_once(post, never=never)
    told = set(Message.objects.values_list("template", flat=True))
    assert {"request_waits", "agenda_published", "decision_issued", "action_given"} <= told
    proofs.the_chains_hold()
    assert not [address for address in walk.seen() if walk.words.last_name.lower() in address.lower()]
