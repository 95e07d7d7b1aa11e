"""Forms in the dress of the design system: labels, hints, errors and their links."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.http import QueryDict
from django.template import engines

from people.forms.fields import GovDateField, PoundsField
from people.templatetags import gov

pytestmark = pytest.mark.urls(__name__)  # a form's dress depends on no page of ours
urlpatterns: list[object] = []


class Example(forms.Form):
    name = forms.CharField(label="Name", help_text="In full.", max_length=20)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "One"), ("b", "Two")], widget=forms.RadioSelect)
    parts = forms.MultipleChoiceField(label="Parts", choices=[("x", "X")], widget=forms.CheckboxSelectMultiple)
    team = forms.ChoiceField(label="Team", choices=[("", "Choose"), ("n", "North")])
    starts_on = GovDateField(label="Start date")
    weekly = PoundsField(label="Weekly cost")
    why = forms.CharField(label="Why is it needed?", widget=forms.Textarea, max_length=100)
    plan = forms.FileField(label="EHC plan")
    agreed = forms.BooleanField(label="The parents agree")
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def drawn(form: forms.Form) -> str:
    template = engines["django"].from_string("{% load crispy_forms_tags %}{% crispy form %}")
    return template.render({"form": form, "csrf_token": "secret"})


def test_every_error_links_to_a_control_that_is_there() -> None:
    page = drawn(Example({}))

    links = re.findall(r'href="#([^"]+)"', page)
    ids = re.findall(r'<(?:input|select|textarea)[^>]*\sid="([^"]+)"', page)
    assert links == [
        *("id_name", "id_kind_0", "id_parts_0", "id_team", "id_starts_on_0", "id_weekly"),
        *("id_why", "id_plan", "id_agreed"),
    ]

    assert set(links) <= set(ids)


def test_a_missing_answer_is_asked_for_by_its_name() -> None:
    assert [text for _, text in gov.error_links(Example({}))] == [
        "Enter name",
        "Choose kind",
        "Choose parts",
        "Choose team",
        "Enter start date",
        "Enter weekly cost",
        "Answer the question “Why is it needed?”",
        "Choose a file: EHC plan",
        "Tick the box to say: the parents agree",
    ]


def test_every_description_a_control_names_is_on_the_page() -> None:
    page = drawn(Example({}))

    named = {part for value in re.findall(r'aria-describedby="([^"]+)"', page) for part in value.split()}
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    assert {"id_name-hint", "id_name-error", "id_kind-error", "id_why-info"} <= named
    assert named <= ids


def test_every_control_has_its_label() -> None:
    page = drawn(Example())

    controls = re.findall(r'<(?:input|select|textarea)(?![^>]*type="(?:hidden|submit)")[^>]*\sid="([^"]+)"', page)
    assert set(controls) == set(re.findall(r'<label[^>]*\sfor="([^"]+)"', page))
    assert len(re.findall(r"<legend", page)) == 3


def test_the_browser_does_not_cut_what_is_pasted() -> None:
    page = drawn(Example())

    assert 'maxlength="' not in page.replace('data-maxlength="', "")
    assert 'data-maxlength="100"' in page


def test_a_textarea_without_a_limit_has_no_count() -> None:
    page = drawn(Example())

    assert re.findall(r'<textarea name="note"[^>]*class="([^"]+)"', page) == ["govuk-textarea"]


def test_a_form_that_was_not_sent_has_no_summary() -> None:
    assert "govuk-error-summary" not in drawn(Example())


def test_an_error_of_the_whole_form_is_in_the_summary_without_a_link() -> None:
    class Late(forms.Form):
        def clean(self) -> None:
            raise forms.ValidationError("The panel has met already")

    assert gov.error_links(Late({})) == [("", "The panel has met already")]
    assert "<li>The panel has met already</li>" in drawn(Late({}))


def test_what_was_typed_is_escaped_in_the_page() -> None:
    page = drawn(Example({"name": "<script>alert(1)</script>", "weekly": "<b>"}))

    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page


def test_a_form_with_a_file_says_how_it_is_sent_and_carries_its_token() -> None:
    page = drawn(Example())

    assert 'enctype="multipart/form-data"' in page
    assert 'name="csrfmiddlewaretoken"' in page


def test_a_filter_says_nothing_of_optional() -> None:
    class Filter(forms.Form):
        word = forms.CharField(required=False)

    template = engines["django"].from_string(
        '{% include "components/filter.html" with form=form total=1 noun="case" only %}'
    )
    page = template.render({"form": Filter()})

    assert "optional" not in page
    assert "1 case found" in page


def test_findings_cite_their_clause_and_say_their_effect_in_words() -> None:
    finding = {"effect": "block", "stage": "list", "message": "No <costs>", "clause": "Terms, 4.2", "rule": "EX-1"}
    template = engines["django"].from_string('{% include "components/findings.html" with findings=findings only %}')
    page = template.render({"findings": [finding]})

    assert "Must be put right before it can go on an agenda:" in page
    assert "No &lt;costs&gt;" in page
    assert re.findall(r"<cite[^>]*>(.+?)</cite>", page) == ["Terms, 4.2"]


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        ("warn", "Check this"),
        ("route", "Goes another way"),
        ("inform", "For information"),
        ("unheard of", "For information"),
    ],
)
def test_effects_have_words(effect: str, words: str) -> None:
    assert gov.effect_words(effect, "list") == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 3, 12, 17, tzinfo=UTC), "Thursday 12 March 2026, 5pm"),
        (datetime(2026, 7, 1, 9, 20, tzinfo=UTC), "Wednesday 1 July 2026, 10:20am"),
        (datetime(2026, 1, 1, 12, tzinfo=UTC), "Thursday 1 January 2026, midday"),
        (datetime(2026, 6, 30, 23, tzinfo=UTC), "Wednesday 1 July 2026, midnight"),
        (date(2026, 3, 12), "Thursday 12 March 2026"),
        (None, ""),
    ],
)
def test_dates_are_written_for_people_in_england(moment: date | datetime | None, words: str) -> None:
    assert gov.long_datetime(moment) == words


def test_short_forms_of_dates() -> None:
    moment = datetime(2026, 7, 1, 9, 20, tzinfo=UTC)

    assert gov.clock(moment) == "10:20am"
    assert gov.clock(None) == ""
    assert gov.long_date(moment) == "Wednesday 1 July 2026"
    assert gov.medium_date(moment) == "1 July 2026"
    assert gov.short_date(moment) == "1 Jul 2026"
    assert gov.iso(moment) == "2026-07-01T10:20:00+01:00"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(minutes=-5), "in 5 minutes"),
        (timedelta(seconds=-5), "in less than a minute"),
    ],
)
def test_how_long_ago(before: timedelta, words: str) -> None:
    now = datetime(2026, 3, 12, 17, tzinfo=UTC)

    assert gov.ago(now - before, now) == words


@pytest.mark.parametrize(
    ("days", "words"), [(0, "today"), (1, "tomorrow"), (-1, "yesterday"), (5, "in 5 days"), (-3, "3 days ago")]
)
def test_days_from_today(days: int, words: str) -> None:
    today = date(2026, 3, 12)

    assert gov.days_from(today + timedelta(days=days), today) == words


def test_counts_have_their_noun() -> None:
    assert gov.plural(1, "case") == "1 case"
    assert gov.plural(1204, "case") == "1,204 cases"
    assert gov.plural(["a", "b"], "child,children") == "2 children"


def test_pence_are_shown_as_pounds() -> None:
    assert gov.pounds(123450) == "£1,234.50"
    assert gov.pounds(-5) == "\u2212£0.05"
    assert gov.pounds(None) == ""
    assert gov.whole_pounds(15625000) == "£156,250"
    assert gov.whole_pounds(15625001) == "£156,250.01"


def test_minutes_are_shown_in_words() -> None:
    assert [gov.duration(minutes) for minutes in (130, 45, 60, 0)] == ["2 h 10 min", "45 min", "1 h", "0 min"]
    assert gov.duration(timedelta(minutes=61)) == "1 h 1 min"
    assert gov.duration(None) == ""


def test_a_part_of_nothing_is_nothing() -> None:
    assert gov.per_cent(1, 0) == 0
    assert gov.per_cent(3, 2) == 100
    assert gov.per_cent(1, 3) == 33


def test_every_state_has_a_colour_and_an_unknown_one_is_grey() -> None:
    assert gov.tag_colour("ready") == "green"
    assert gov.tag_colour("with_manager") == "yellow"
    assert gov.tag_colour("never heard of") == "grey"


def test_a_query_string_keeps_what_is_not_changed() -> None:
    query = QueryDict("state=ready&page=2")

    assert gov.query_with(query, page=3) == "?state=ready&page=3"
    assert gov.query_with(query, page="") == "?state=ready"
    assert query["page"] == "2"


def test_a_row_of_another_width_than_its_table_is_a_fault() -> None:
    with pytest.raises(ValueError, match="zip"):
        gov.labelled(["a"], ["A", "B"])


def test_markup_in_a_message_is_escaped() -> None:
    class Message:
        level_tag = "success"

        def __str__(self) -> str:
            return "<i>done</i>"

    template = engines["django"].from_string(
        '{% include "components/page_messages.html" with messages=messages only %}'
    )

    assert "&lt;i&gt;done&lt;/i&gt;" in template.render({"messages": [Message()]})


def test_a_select_draws_its_groups_and_what_was_chosen() -> None:
    class Grouped(forms.Form):
        where = forms.ChoiceField(
            label="Where", choices=[("", "Any"), ("South & East", [("s", "<South>"), ("e", "East")])]
        )

    drawn_as = str(Grouped({"where": "e"})["where"])

    assert drawn_as == (
        '<select name="where" required id="id_where"><option value="">Any</option>'
        '<optgroup label="South &amp; East"><option value="s">&lt;South&gt;</option>'
        '<option value="e" selected>East</option></optgroup></select>'
    ), drawn_as


def test_a_tag_has_the_colour_of_its_state_and_escapes_its_words() -> None:
    assert gov.state_tag("ready", "ready <now>") == (
        '<strong class="govuk-tag govuk-tag--green">Ready &lt;now&gt;</strong>'
    )


class Bounded(forms.Form):
    note = forms.CharField(label="Note", max_length=5)
    why = forms.CharField(label="Why is it needed?", max_length=5)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "One")])
    many = forms.IntegerField(label="How many placements?", min_value=0, max_value=9)
    own = forms.CharField(label="Own", max_length=2, error_messages={"max_length": "Two letters will do"})


@pytest.mark.parametrize(
    ("typed", "texts"),
    [
        ({"note": "123456"}, ["Shorten “Note” to 5 characters; it has 6"]),
        ({"why": "x" * 1200}, ["Shorten the answer to “Why is it needed?” to 5 characters; it has 1,200"]),
        ({"kind": "<script>"}, ["For “Kind”, choose from what is offered"]),
        ({"many": "-1"}, ["The answer to “How many placements?” must be 0 or more"]),
        ({"many": "10"}, ["The answer to “How many placements?” must be 9 or less"]),
        ({"many": "ten"}, ["The answer to “How many placements?” must be a whole number, such as 12"]),
        ({"note": "a\0b"}, ["“Note” holds a character that is no text. Type it again"]),
        ({"own": "abc"}, ["Two letters will do"]),
    ],
)
def test_what_is_wrong_is_said_in_words_that_name_the_field(typed: dict[str, str], texts: list[str]) -> None:
    whole = {"note": "n", "why": "w", "kind": "a", "many": "1", "own": "o"}

    assert [text for _, text in gov.error_links(Bounded(whole | typed))] == texts


def test_sentences_in_a_row_end_where_the_row_ends() -> None:
    assert (
        gov.in_a_row(["The manager signs.", "A plan", "Cost is agreed."]) == "The manager signs; A plan; Cost is agreed"
    )
