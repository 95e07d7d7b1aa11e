"""What everything is measured against, measured first in every run."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.test import Client

from decisions import documents
from panels.policy import installed, load
from panels.rules.case import read_cases, vocabulary_of

from . import pages
from .measure import Deed, Figures, WrongAnswerError, measure
from .papers import plain_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from people.models import User

MANY = 10_000


def get(client: Client, path: str, *, status: int = 200, **headers: str) -> Deed:
    """The deed of reading a page that answers as it should."""

    def deed() -> Any:
        answer = client.get(path, headers=headers or None)
        if answer.status_code != status:
            raise WrongAnswerError(f"{path} answered {answer.status_code}, not {status}")
        return answer

    return deed


def post(client: Client, path: str, data: dict[str, Any], *, status: int = 302) -> Deed:
    """The deed of sending a form that is answered as it should be."""

    def deed() -> Any:
        answer = client.post(path, data)
        if answer.status_code != status:
            raise WrongAnswerError(f"{path} answered {answer.status_code}, not {status}")
        return answer

    return deed


def signed_in(user: User) -> Client:
    """A browser in which somebody has signed in."""
    client = Client()
    client.force_login(user)
    # The first page of a session writes down when it was; pages after it in the same minute do not.
    client.get("/bench/signed-in")
    return client


def of_pages(user: User) -> dict[str, Figures]:
    """A0 to A5, and A4 and A5 of one year."""
    stranger, client = Client(), signed_in(user)
    quick: dict[str, Deed] = {
        "A0": get(stranger, "/bench/hello"),
        "A1": get(client, "/bench/signed-in"),
        "A2": get(client, "/bench/one"),
        "A3": get(stranger, "/bench/list"),
        "A3f": get(client, "/bench/floor"),
        "A4 of one year": partial(pages.sum_of, pages.ONE_YEAR.format(table="bench_ledger")),
        "A5": partial(pages.sum_of, pages.ALL_YEARS.format(table="bench_balance")),
        "A5 of one year": partial(pages.sum_of, pages.ONE_YEAR.format(table="bench_balance")),
    }
    found = {name: measure(deed, seconds=3) for name, deed in quick.items()}
    found["A4"] = measure(partial(pages.sum_of, pages.ALL_YEARS.format(table="bench_ledger")), seconds=2, least=3)
    return found


def beside(user: User) -> dict[str, Figures]:
    """A1, A2 and A3f once more, briefly."""
    client = signed_in(user)
    quick = {"A1": "/bench/signed-in", "A2": "/bench/one", "A3f": "/bench/floor"}
    return {name: measure(get(client, path), seconds=0.2, least=15) for name, path in quick.items()}


def of_papers() -> dict[str, Figures]:
    """A6 and A7: a plain page drawn, and a page sealed."""
    drawn = plain_page()
    return {
        "A6": measure(plain_page, seconds=3, least=5),
        "A7": measure(partial(documents.seal, drawn), seconds=2, least=5),
    }


def ten_thousand_cases() -> bytes:
    """The JSON of mixed cases of every council, from the public vectors, again and again until there are so many."""
    found: list[dict[str, Any]] = []
    for path in sorted((settings.BASE_DIR / "tests" / "vectors").glob("*.json")):
        if path.stem in installed():
            found += [vector["case"] for vector in json.loads(path.read_text())]
    # Dealt like cards, so that councils are mixed.
    return json.dumps([found[(number * 7919) % len(found)] for number in range(MANY)]).encode()


def reading(data: bytes) -> Callable[[], Any]:
    """The deed of A8: reading and validating the cases, nothing else. Policies are loaded before."""
    vocabularies = {council: vocabulary_of(load(council)) for council in installed()}

    def deed() -> Any:
        return read_cases(
            data, councils=frozenset(vocabularies), vocabulary=lambda council, _as_at: vocabularies[council]
        )

    return deed
