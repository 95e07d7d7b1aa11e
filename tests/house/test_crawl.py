"""A whole demonstration walked through: what is another council's is not found, and no child is read unseen."""

from __future__ import annotations

import itertools

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings

from applications.forms import GROUP_FORMS
from applications.models import Application, Document
from applications.services import PARTS as REQUEST_PARTS
from applications.views.page import TABS
from decisions.models import Action, AgendaItem, AgendaVersion, Decision, OutsideApproval, Sheet
from decisions.views.live import PARTS as RUN_PARTS
from finance.models import BudgetLine
from panels.models import Meeting
from people.models import RecordEntry, RoleHeld
from people.models.record import Verb
from people.permissions import GRANTS, Capacity
from tests.house.test_access import SUBJECTS

pytestmark = pytest.mark.django_db
HERE, THERE = "kent", "west-berkshire"
OWN_TESTS = {"people", "panels", "finance"}  # their things are made one by one in test_access, or hold no reference
ELSEWHERE = [address for address in SUBJECTS if address.name.split(":")[0] not in OWN_TESTS]
WORDS = {
    "group": [*GROUP_FORMS, "child"],
    "tab": list(TABS),
    "part": list(REQUEST_PARTS),
    "name": list(RUN_PARTS),
    "step": ["open", "pause", "resume", "close", "call", "put_back", "leave", "withdraw"],
    "number": [1],
}


where: list[object] = []  # the folder of the demonstration's files


@pytest.fixture(autouse=True)
def _files_of_the_demonstration(house, settings):
    settings.MEDIA_ROOT = where[-1]


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory):
    """Two councils with a year behind them, and somebody signed in for each capacity of each."""
    files = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), override_settings(DEMO=True, MEDIA_ROOT=files), transaction.atomic():
        where.append(files)
        call_command("adopt_policies", HERE, THERE, verbosity=0)
        call_command("demo", verbosity=0)
        yield {slug: browsers(slug) for slug in (HERE, THERE)}
        transaction.set_rollback(True)


def browsers(slug):
    people = {}
    for held in RoleHeld.objects.filter(user__council__slug=slug).select_related("user").order_by("user_id", "pk"):
        people.setdefault(Capacity(held.capacity), []).append(held.user)
    signed_in = {}
    for capacity, users in people.items():
        for user in users[:4]:
            client = Client()
            client.force_login(user)
            client.user = user
            signed_in.setdefault(capacity, []).append(client)
    return signed_in


def few(rows, field="reference"):
    """The first and the last ones: different states are likely among them."""
    values = list(rows.order_by("pk").values_list(field, flat=True))
    return list(dict.fromkeys([*values[:6], *values[-10:]]))


def things(address):
    """Real arguments of an address, of the council `HERE`."""
    area, _, name = address.name.partition(":")
    of = {"council__slug": HERE}
    if area == "applications" or name in {"outside", "outside_telephone"}:
        reference = few(Application.objects.filter(**of))
    elif name.startswith("outside"):
        reference = few(OutsideApproval.objects.filter(**of))
    elif name.startswith("sheet"):
        reference = few(Sheet.objects.filter(decision__council__slug=HERE))
    elif name.startswith("action"):
        reference = few(Action.objects.filter(decision__council__slug=HERE))
    elif name.startswith(("decision", "condition", "approve")):
        reference = few(Decision.objects.filter(**of))
    else:
        reference = few(Meeting.objects.filter(panel__council__slug=HERE))
    rows = [m.objects.filter(application__council__slug=HERE).order_by("-pk").first() for m in REQUEST_PARTS.values()]
    known = WORDS | {
        "reference": reference,
        "item": few(AgendaItem.objects.filter(meeting__panel__council__slug=HERE)),
        "application": few(Application.objects.filter(**of)),
        "document": few(Document.objects.filter(application__council__slug=HERE)),
        "role": ["head_of_service", "director"],
        "pk": [row.pk for row in rows if row],
        "line": few(BudgetLine.objects.filter(year__council__slug=HERE), "pk")[:2],
    }
    every = [
        dict(zip(address.arguments, values, strict=True))
        for values in itertools.product(*(known[n] for n in address.arguments))
    ]
    belong = [arguments for arguments in every if _belong_together(address, arguments)]
    return (belong or every)[:60]


def _belong_together(address, arguments):
    """Whether an item is of the meeting, a document or a row of the request, that stand beside it in the address."""
    reference = arguments.get("reference")
    if "document" in arguments:
        return Document.objects.filter(reference=arguments["document"], application__reference=reference).exists()
    if "item" in arguments and reference:
        return AgendaItem.objects.filter(reference=arguments["item"], meeting__reference=reference).exists()
    if "pk" in arguments:
        rows = REQUEST_PARTS[arguments["part"]].objects.filter(pk=arguments["pk"], application__reference=reference)
        return rows.exists()
    if "number" in arguments and address.name in {"decisions:agenda_version", "decisions:pack_file"}:
        return AgendaVersion.objects.filter(meeting__reference=reference, number=1).exists()
    return True


@pytest.mark.parametrize("address", ELSEWHERE, ids=repr)
def test_nobody_of_another_council_finds_it(house, address):
    found = things(address)
    assert found, "the demonstration holds nothing this address leads to"
    permitted = [c for c in GRANTS[address.view.permission] if c in house[THERE]]
    nothing = {client.get(address.path()).status_code for c in permitted for client in house[THERE][c][:1]}
    assert nothing <= {404, 405}

    for arguments, capacity in itertools.product(found[:12], permitted):
        client = house[THERE][capacity][0]
        assert client.get(address.path(arguments)).status_code in {404, 405}, (arguments, capacity)
        assert client.post(address.path(arguments)).status_code in {404, 405}, (arguments, capacity)


def names_of_children():
    pairs = (
        Application.objects.filter(council__slug=HERE).values_list("child__first_name", "child__last_name").distinct()
    )
    return {f"{first} {last}" for first, last in pairs}


@pytest.mark.parametrize("address", ELSEWHERE, ids=repr)
def test_whoever_reads_of_a_child_is_on_record(house, address):
    """Each page that names a child wrote a row before it answered: the reader, and what was read."""
    children = names_of_children()
    for capacity in GRANTS[address.view.permission]:
        for client in house[HERE].get(capacity, [])[:2]:
            for arguments in things(address)[:8]:
                before = reads_of(client.user)
                response = client.get(address.path(arguments))
                if response.status_code != 200 or "text/html" not in response["Content-Type"]:
                    continue
                shown = [name for name in children if name in response.content.decode()]
                assert not shown or reads_of(client.user) > before, (address, capacity, arguments)


def reads_of(user):
    return RecordEntry.objects.filter(by=user, verb=Verb.CONSULTATION).count()


@pytest.mark.parametrize(
    "page", ["/", "/requests/", "/requests/mine/", "/requests/waiting/", "/panels/meetings/", "/funds/"]
)
def test_lists_that_name_children_are_on_record_too(house, page):
    children = names_of_children()
    for capacity, clients in house[HERE].items():
        before = reads_of(clients[0].user)
        response = clients[0].get(page)
        shown = response.status_code == 200 and [name for name in children if name in response.content.decode()]
        assert not shown or reads_of(clients[0].user) > before, (page, capacity)


def test_the_walk_saw_children(house):
    """Without this the tests above could pass by seeing nothing."""
    children = names_of_children()
    worker = house[HERE][Capacity.ADMINISTRATOR][0]
    pages = [
        worker.get(f"/requests/{reference}/").content.decode()
        for reference in few(Application.objects.filter(council__slug=HERE))
    ]

    assert sum(any(name in page for name in children) for page in pages) > 5
