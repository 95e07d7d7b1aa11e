"""Rules of the house no linter knows: doors, tenancy, who and when, which way keys point, states, sizes."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from people.permissions import GRANTS, Capacity, Permission, Scope
from tests.house.objects import kwargs_for

ROOT = Path(__file__).resolve().parents[2]
STACK = ("people", "panels", "finance", "applications", "decisions")
OUR_MODELS = [model for app in STACK for model in apps.get_app_config(app).get_models()]


class Address:
    """One address of the product."""

    def __init__(self, pattern, namespace):
        self.name = ":".join([*namespace, pattern.name]) if pattern.name else str(pattern.pattern)
        self.view = pattern.callback
        self.arguments = pattern.pattern.converters

    def path(self, known=None):
        """The address with made-up arguments, or with those of a real thing."""
        made_up = {name: self._made_up(converter) for name, converter in self.arguments.items()}
        return reverse(self.name, kwargs=known or made_up)

    @staticmethod
    def _made_up(converter):
        kind = type(converter).__name__
        return {"IntConverter": 987654321, "UUIDConverter": "00000000-0000-4000-8000-000000000000"}.get(
            kind, "zz-nowhere"
        )

    def __repr__(self):
        return self.name


def addresses(resolver=None, namespace=()):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, (*namespace, *([entry.namespace] if entry.namespace else [])))
        elif isinstance(entry, URLPattern):
            yield Address(entry, namespace)


ALL = list(addresses())
GUARDED = [address for address in ALL if getattr(address.view, "permission", None) is not None]
OPEN = {address.name for address in ALL if getattr(address.view, "open_to_all", False)}
SUBJECTS = [address for address in GUARDED if address.arguments]


@pytest.mark.parametrize("address", ALL, ids=repr)
def test_every_address_declares_its_permission(address):
    assert address.name in OPEN or isinstance(address.view.permission, Permission)


def test_few_pages_are_open_to_all():
    assert {"people:sign_in", "people:sign_out", "people:accessibility", "healthz", "brand"} >= OPEN


@pytest.mark.parametrize("address", GUARDED, ids=repr)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_the_door_from_every_page(client, address, method):
    response = getattr(client, method)(address.path())

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("people:sign_in"))


@pytest.mark.parametrize("address", GUARDED, ids=repr)
def test_every_role_meets_the_door_its_rows_say(staff, signed_in, address):
    """Who lacks the permission is refused; who holds it is not, though what does not exist is not found."""
    for capacity, user in staff.items():
        client = signed_in(user)
        client.raise_request_exception = True
        codes = {client.get(address.path()).status_code, client.post(address.path()).status_code}
        if capacity in GRANTS[address.view.permission]:
            assert 403 not in codes, capacity
            assert not any(code >= 500 for code in codes), capacity
        else:
            assert codes <= {403, 405}, capacity
            assert 403 in codes, capacity


@pytest.mark.parametrize("address", GUARDED, ids=repr)
def test_somebody_without_an_office_is_refused_everywhere(staff, signed_in, address):
    user = staff[Capacity.SOCIAL_WORKER]
    user.roles.all().delete()
    client = signed_in(user)

    assert 403 in {client.get(address.path()).status_code, client.post(address.path()).status_code}


@pytest.mark.parametrize("address", [a for a in SUBJECTS if a.name.split(":")[0] in {"people", "panels"}], ids=repr)
def test_what_is_another_councils_is_not_found(staff, other_staff, signed_in, address, council):
    """The owner's colleague finds it; the same person of another council gets what nobody's thing would give them."""
    known = kwargs_for(address.name, council=council, staff=staff)
    allowed = [c for c in GRANTS[address.view.permission] if Scope.COUNCIL in {GRANTS[address.view.permission][c]}]
    capacity = (allowed or list(GRANTS[address.view.permission]))[0]
    here, there = signed_in(known.pop("_owner", staff[capacity])), signed_in(other_staff[capacity])
    path = address.path(known)

    for method in ("get", "post"):
        real, nobodys = getattr(there, method)(path), getattr(there, method)(address.path())
        assert real.status_code == nobodys.status_code
        assert real.status_code in {404, 405}
    assert {here.get(path).status_code, here.post(path).status_code} & {200, 302, 307, 422}


def view_modules():
    return [
        file
        for app in STACK
        for file in [*(ROOT / app / "views").rglob("*.py"), ROOT / app / "views.py"]
        if file.is_file()
    ]


@pytest.mark.parametrize("file", view_modules(), ids=lambda file: str(file.relative_to(ROOT)))
def test_views_begin_every_query_with_for_user(file):
    tree = ast.parse(file.read_text())
    begun = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "for_user"}
    loose = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"objects", "_default_manager", "_base_manager"}
        and id(node) not in begun
    ]

    assert loose == []


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_down(model):
    here = STACK.index(model._meta.app_label)
    above = [
        field.name
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and field.related_model is not None
        and field.related_model._meta.app_label in STACK
        and STACK.index(field.related_model._meta.app_label) > here
    ]

    assert above == []


# Deeds nobody does: what a clock, a relay or a machine did. Each with the reason.
NOBODYS_DEED = {
    "decisions.Sheet.drawn_at": "a machine draws",
    "decisions.Sheet.sealed_at": "a machine seals",
    "decisions.Sheet.tried_at": "a machine tries",
    "decisions.Sheet.owed_at": "owed with the decision, whose signer is known",
    "decisions.Decision.issued_at": "follows from the seal",
    "decisions.MinuteDraft.saved_at": "its user is the row's own",
    "applications.DraftText.saved_at": "its user is the row's own",
}


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_when_something_was_done_stands_beside_who_did_it(model):
    names = {field.name for field in model._meta.get_fields()}
    deeds = {
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, models.DateTimeField) and field.name.endswith("ed_at")
    }
    lonely = {
        name
        for name in deeds
        if f"{name.removesuffix('_at')}_by" not in names and f"{model._meta.label}.{name}" not in NOBODYS_DEED
    }

    assert lonely == set() or model._meta.model_name.startswith("historical")


def step_tables():
    for app in STACK:
        try:
            module = import_module(f"{app}.states")
        except ModuleNotFoundError:
            continue
        for name, table in vars(module).items():
            if isinstance(table, dict) and table and all(isinstance(key, tuple) and len(key) == 2 for key in table):
                yield pytest.param(table, id=f"{app}.{name}")


FINAL = {
    "signed",
    "cancelled",
    "decided",
    "withdrawn",
    "deferred",
    "not_reached",
    "superseded",
    "sealed",
    "failed",
    "issued",
    "void",
    "done",
    "denied",
    "followed",
}


@pytest.mark.parametrize("table", list(step_tables()))
def test_every_state_can_be_reached_and_every_one_that_is_not_final_left(table):
    states = type(next(iter(table))[0])
    left = {state for state, _ in table}
    reached, frontier = set(), [next(iter(states))]
    while frontier:
        state = frontier.pop()
        reached.add(state)
        frontier += [after for (before, _), after in table.items() if before == state and after not in reached]

    assert reached == set(states)
    assert {state.value for state in set(states) - left} <= FINAL


@pytest.mark.parametrize("table", list(step_tables()))
def test_a_step_the_table_does_not_know_is_refused(table):
    (state, step), _ = next(iter(table.items()))
    module = import_module(type(state).__module__)
    afters = [f for name, f in vars(module).items() if name.startswith("after") and callable(f)]
    impossible = [(s, t) for s in type(state) for t in type(step) if (s, t) not in table]

    for s, t in impossible:
        assert any(_refuses(f, s, t, module) for f in afters)


def _refuses(after, state, step, module):
    try:
        after(state, step)
    except module.IllegalStepError:
        return True
    return False


def test_every_permission_is_somebodys():
    assert {permission for permission, granted in GRANTS.items() if granted} == set(Permission)


def test_the_system_administrator_sees_no_case():
    of_cases = {
        Permission.SEE_REQUEST,
        Permission.SEE_SUMMARY,
        Permission.SEE_NARRATIVE,
        Permission.OPEN_DOCUMENT,
        Permission.SEE_MEETING,
        Permission.SEE_LEDGER,
        Permission.SEE_RECORD,
    }
    assert all(Capacity.SYSTEM_ADMINISTRATOR not in GRANTS[permission] for permission in of_cases)


def test_who_asks_does_not_decide_and_who_decides_does_not_keep_the_money():
    signing = {Capacity.CHAIR, Capacity.SERVICE_MANAGER, Capacity.HEAD_OF_SERVICE}  # the policy says which of them
    assert set(GRANTS[Permission.SIGN_DECISION]) == signing
    assert set(GRANTS[Permission.ADJUST_LEDGER]) == {Capacity.ACCOUNTANT}
    assert Capacity.AUDITOR not in {
        c
        for p in (
            Permission.WRITE_REQUEST,
            Permission.SUBMIT_REQUEST,
            Permission.SIGN_OFF,
            Permission.BUILD_AGENDA,
            Permission.RECORD_DECISION,
            Permission.ADJUST_LEDGER,
        )
        for c in GRANTS[p]
    }


OURS = [file for app in (*STACK, "config") for file in (ROOT / app).rglob("*.py") if "migrations" not in file.parts]


@pytest.mark.parametrize("file", OURS, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_module_is_longer_than_400_lines(file):
    assert len(file.read_text().splitlines()) <= 400


def test_an_unknown_page_and_one_of_nobodys_things_look_the_same(staff, signed_in):
    client = signed_in(staff[Capacity.ADMINISTRATOR])

    pages = [client.get(path) for path in ("/panels/meetings/no/such/page/", "/panels/meetings/M-NOWHERE/")]

    assert [page.status_code for page in pages] == [404, 404]
    token = re.compile(rb'(name="csrfmiddlewaretoken" value=)"[^"]+"')  # masked anew each time
    assert len({token.sub(rb"\1", page.content) for page in pages}) == 1


def test_rights_end_with_the_office_in_the_next_request(staff, signed_in, today):
    user = staff[Capacity.AUDITOR]
    client = signed_in(user)
    assert client.get("/record/").status_code == 200

    user.roles.update(until="2020-01-02")

    assert client.get("/record/").status_code == 403
