"""What no template linter knows: nothing unsafe, nothing inline, every form guarded, every component honest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Node, NodeList, Template, engines
from django.template.base import FilterExpression, Variable
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR) / "templates"
NAMES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html"))
PRINTED = tuple(name for name in NAMES if "/sheet/" in name)  # drawn as PDF: a page of their own, without scripts
SHOWN = tuple(name for name in NAMES if name not in PRINTED)
COMPONENTS = tuple(name for name in NAMES if name.startswith("components/"))
urlpatterns: list[object] = []  # a page that tells of a fault may not rest on what is faulty
CONTEXT = {"forloop", "csrf_token", "True", "False", "None"}  # what Django itself puts there


def text_of(name: str) -> str:
    return (ROOT / name).read_text()


def without_comments(text: str) -> str:
    return re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", "", text, flags=re.DOTALL)


def test_there_are_templates_to_look_at() -> None:
    assert {"base.html", "components/findings.html", "govuk/field.html", "500.html"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_template_compiles(name: str) -> None:
    assert get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_called_safe_that_somebody_typed(name: str) -> None:
    text = without_comments(text_of(name))

    assert re.findall(r"\|\s*safe(?:seq)?\b|\{%\s*autoescape\s+off", text) == []


@pytest.mark.parametrize("name", SHOWN)
def test_no_page_holds_a_script_or_a_style_of_its_own(name: str) -> None:
    text = without_comments(text_of(name))

    assert re.findall(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=|<script(?![^>]*\ssrc=)|javascript:|hx-on", text) == []


@pytest.mark.parametrize("name", NAMES)
def test_no_page_fetches_anything_from_elsewhere(name: str) -> None:
    tags = re.findall(r"<(?:script|link|img|iframe|form|source)\b[^>]*>", without_comments(text_of(name)))

    assert [tag for tag in tags if re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", tag)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_form_that_is_posted_carries_its_token(name: str) -> None:
    forms = re.findall(r"<form\b.*?</form>", without_comments(text_of(name)), flags=re.DOTALL | re.IGNORECASE)
    posted = [form for form in forms if re.search(r"""method=["']?(?:post|\{\{)""", form, flags=re.IGNORECASE)]

    assert [form[:120] for form in posted if "{% csrf_token %}" not in form] == []


def asks_for_the_token(name: str) -> bool:
    """Whether a template, or one it includes with all it has, writes the token of a form."""
    text = without_comments(text_of(name))
    inner = re.findall(r"\{%\s*include\s+[\"']([^\"']+)[\"'](?![^%]*\bonly\s*%\})[^%]*%\}", text)
    return "{% csrf_token %}" in text or any(asks_for_the_token(one) for one in inner)


@pytest.mark.parametrize("name", NAMES)
def test_a_form_that_is_included_with_its_own_words_only_is_handed_the_token(name: str) -> None:
    alone = re.findall(r"\{%\s*include\s+[\"']([^\"']+)[\"']([^%]*)\bonly\s*%\}", without_comments(text_of(name)))

    assert [one for one, words in alone if asks_for_the_token(one) and "csrf_token=csrf_token" not in words] == []


@pytest.mark.parametrize("name", NAMES)
def test_components_are_handed_what_they_need_and_no_more(name: str) -> None:
    includes = re.findall(r"\{%\s*include\s+[\"']components/[^%]*%\}", without_comments(text_of(name)))

    assert [include for include in includes if not re.search(r"\bonly\s*%\}", include)] == []


@pytest.mark.parametrize("name", SHOWN)
def test_no_page_says_it_is_the_governments(name: str) -> None:
    assert re.findall(r"GOV\.UK|crown|crest|GDS Transport", without_comments(text_of(name)), flags=re.IGNORECASE) == []


@pytest.mark.parametrize("name", [n for n in SHOWN if "{% extends" in text_of(n) and n != "base.html"])
def test_every_page_has_a_title(name: str) -> None:
    parents = re.findall(r"\{% extends [\"'](.+?)[\"'] %\}", text_of(name))
    lineage = [name, *(parent for parent in parents if not parent.startswith("base"))]

    assert any("{% block title %}" in text_of(part) for part in lineage)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("code", ["400", "403", "404", "409", "413", "429", "500"])
def test_the_page_of_a_fault_needs_nothing_to_be_drawn(code: str) -> None:
    page = get_template(f"{code}.html").render()

    assert len(re.findall(r"<h1", page)) == 1
    assert 'href="#main-content"' in page
    assert 'id="main-content"' in page


def bound_in(node: Any) -> set[str]:
    """The names a tag makes for what stands inside or after it."""
    names = {str(name) for name in getattr(node, "loopvars", ())}
    names |= set(getattr(node, "extra_context", {}) or {})
    names |= {str(name) for name in (getattr(node, "target_var", None), getattr(node, "asvar", None)) if name}
    return names


def parts_of(thing: Any) -> Iterator[Any]:
    """Everything a compiled template is made of."""
    yield thing
    if isinstance(thing, (NodeList, list, tuple)):
        inside = list(thing)
    elif isinstance(thing, dict):
        inside = list(thing.values())
    elif isinstance(thing, FilterExpression):
        inside = [thing.var, *(argument for _, arguments in thing.filters for _, argument in arguments)]
    elif (
        not isinstance(thing, Variable) and type(thing).__module__.startswith("django.") and hasattr(thing, "__dict__")
    ):
        inside = [value for key, value in vars(thing).items() if key not in {"origin", "token", "parent", "engine"}]
    else:
        inside = []
    for part in inside:
        yield from parts_of(part)


def names_used(template: Template) -> set[str]:
    """The names a template takes from its context."""
    parts = list(parts_of(template.nodelist))
    used = {part.lookups[0] for part in parts if isinstance(part, Variable) and part.lookups}
    bound = set().union(*(bound_in(part) for part in parts if isinstance(part, Node)))
    return used - bound - CONTEXT


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_says_in_its_first_line_what_it_takes(name: str) -> None:
    first = text_of(name).splitlines()[0]

    assert first.startswith("{# ")
    assert "Inputs:" in first
    template = get_template(name).template
    assert {used for used in names_used(template) if not re.search(rf"\b{used}\b", first)} == set()


def test_the_look_for_inputs_finds_one_nobody_listed() -> None:
    template = engines["django"].from_string(
        "{% for a in rows %}{{ a.b|default:c }}{% if d == 1 %}{{ e }}{% endif %}{% endfor %}"
    )

    assert names_used(template.template) == {"rows", "c", "d", "e"}
