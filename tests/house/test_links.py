"""Everybody follows every link they are shown: nothing is broken, nothing is refused, and looking changes nothing."""

from __future__ import annotations

import re
from collections import Counter, deque
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import resolve

from people.models import RoleHeld
from people.permissions import Capacity

pytestmark = pytest.mark.django_db
HERE = "west-berkshire"
EACH = 3  # pages of one kind that one person opens
# A look may leave these and nothing else: the sign of life, and that a child's record was read.
LEFT_BY_LOOKING = {"sessions.Session", "people.RecordEntry", "people.RecordHead"}
where: list[object] = []


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory):
    """A council with a year behind it."""
    files = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), override_settings(DEMO=True, MEDIA_ROOT=files), transaction.atomic():
        where.append(files)
        call_command("adopt_policies", HERE, verbosity=0)
        call_command("demo", verbosity=0)
        yield
        transaction.set_rollback(True)


class Links(HTMLParser):
    """The addresses a page leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        """Note what a link leads to."""
        if tag == "a":
            self.found.append(dict(attrs).get("href") or "")


def rows():
    """How many rows each table holds."""
    models = [m for m in apps.get_models() if m._meta.managed]
    return {m._meta.label: m._base_manager.count() for m in models if m._meta.label not in LEFT_BY_LOOKING}


def unguarded(page):
    """The forms of a page that are posted and carry no token: a browser's post of one is refused."""
    forms = re.findall(r"<form\b[^>]*\bmethod=.?post\b.*?</form>", page, flags=re.DOTALL | re.IGNORECASE)
    return [form for form in forms if not re.search(r'name="csrfmiddlewaretoken" value="\w+"', form)]


def faults_of(page):
    """What is wrong with a page, whatever it is about."""
    if not re.search(r"<title>[^<]*\w[^<]*</title>", page) or "<h1" not in page:
        yield "no title"
    if unguarded(page):
        yield "a form without its token"


def walked(client):
    """Every kind of page one person comes to by links, some of each; gives one address of each and what was wrong."""
    waiting, known, kinds, shown, wrong = deque(["/"]), {"/"}, Counter(), {}, []
    while waiting:
        address = waiting.popleft()
        kind = resolve(urlsplit(address).path).view_name + "?" * ("?" in address)
        if kinds[kind] >= EACH or kind == "people:sign_out":
            continue
        kinds[kind] += 1
        answer = client.get(address)
        if answer.status_code in {301, 302}:
            follow(urljoin(address, answer["Location"]), known, waiting)
            continue
        if answer.status_code != 200:
            wrong.append((answer.status_code, address))
        if "text/html" not in answer["Content-Type"]:
            continue
        shown.setdefault(kind, address)
        page = answer.content.decode()
        wrong += [(fault, address) for fault in faults_of(page)]
        reader = Links()
        reader.feed(page)
        for href in reader.found:
            follow(urljoin(address, href), known, waiting)
    return shown, wrong


def follow(address, known, waiting):
    """Put an address of ours on the list, once."""
    plain = address.split("#")[0]
    if plain.startswith("/") and not plain.startswith("/static/") and plain not in known:
        known.add(plain)
        waiting.append(plain)


@pytest.mark.parametrize("capacity", list(Capacity), ids=str)
def test_every_link_somebody_is_shown_leads_somewhere(house, settings, capacity):
    settings.MEDIA_ROOT = where[-1]
    held = RoleHeld.objects.filter(user__council__slug=HERE, capacity=capacity.value).select_related("user")
    people = list(dict.fromkeys(role.user for role in held.order_by("pk")))[:2]
    assert people, "the demonstration has nobody for this"
    before = rows()
    for person in people:
        client = Client()
        client.force_login(person)
        kinds, wrong = walked(client)
        assert wrong == [], person
        assert len(kinds) >= 4, kinds
    assert rows() == before
