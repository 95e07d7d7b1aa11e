"""Bare pages, reached through the whole middleware: what a page costs that does nothing but what it must."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from people.access import SignedInRequest, open_to_all
from people.models import RoleHeld

from .bare import Row

if TYPE_CHECKING:
    from django.template.backends.base import _EngineTemplate

ONE = (
    "<!doctype html><title>{{ row.reference }}</title><h1>{{ row.title }}</h1><p>{{ row.state }}, {{ row.changed_at }}"
)
LIST = """<!doctype html><title>Rows</title><table>{% for row in rows %}<tr><td><a href="/bench/one/{{ row.pk }}">
{{ row.reference }}</a><td>{{ row.title }}<td>{{ row.state }}<td>{{ row.changed_at }}<td>{{ row.group_id }}
{% endfor %}</table>"""
FLOOR = """<!doctype html><title>Rows</title><p>{{ page.paginator.count }} rows<table>{% for row in page %}<tr><td>
<a href="/bench/one/{{ row.pk }}">{{ row.reference }}</a><td>{{ row.title }}<td>{{ row.state }}
<td>{{ row.changed_at }}<td>{{ row.group.name }}{% endfor %}</table><p>{{ page.number }}"""
PER_PAGE = 50
MIDDLE = 50_000  # the key of the one row that is read


def template(text: str) -> _EngineTemplate:
    """A template of these words, made once."""
    return engines["django"].from_string(text)


_ONE, _LIST, _FLOOR = template(ONE), template(LIST), template(FLOOR)


@open_to_all
def hello(_request: HttpRequest) -> HttpResponse:
    """A0: nothing but the middleware."""
    return HttpResponse("hello", content_type="text/plain")


def signed_in(request: HttpRequest) -> HttpResponse:
    """A1: the session and the user."""
    return HttpResponse(str(request.user.pk), content_type="text/plain")


def one(request: HttpRequest) -> HttpResponse:
    """A2: and one row by its key, in a small template."""
    assert request.user.pk
    return HttpResponse(_ONE.render({"row": Row.objects.get(pk=MIDDLE)}))


@open_to_all
def bare_list(_request: HttpRequest) -> HttpResponse:
    """A3: fifty rows of many, newest first, anonymous."""
    return HttpResponse(_LIST.render({"rows": Row.objects.order_by("-changed_at")[:PER_PAGE]}))


def floor(request: SignedInRequest) -> HttpResponse:
    """A3f: signed in, a permission row, a count, fifty rows of many with a join: the cheapest honest list."""
    assert RoleHeld.objects.filter(user=request.user).first()
    rows = Row.objects.select_related("group").order_by("-changed_at")
    return HttpResponse(_FLOOR.render({"page": Paginator(rows, PER_PAGE).get_page(1)}))


def sum_of(sql: str) -> list[tuple[int, ...]]:
    """The rows of one raw statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


ALL_YEARS = "SELECT line, year, bucket, sum(pence) FROM {table} GROUP BY line, year, bucket"
ONE_YEAR = "SELECT line, bucket, sum(pence) FROM {table} WHERE year = 4 GROUP BY line, bucket"

urlpatterns = [
    path("bench/hello", hello),
    path("bench/signed-in", signed_in),
    path("bench/one", one),
    path("bench/list", bare_list),
    path("bench/floor", floor),
    path("", include("config.urls")),
]
