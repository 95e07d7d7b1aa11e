"""Template tags of the house: GOV.UK form fields, state colours, dates and money as staff read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms, template
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from people.forms.errors import plain_errors

register = template.Library()

LONDON = ZoneInfo("Europe/London")
GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.MultiWidget)
CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.Textarea, "govuk-textarea"),
    (forms.Select, "govuk-select"),
    (forms.FileInput, "govuk-file-upload"),
    (forms.CheckboxInput, "govuk-checkboxes__input"),
)


@dataclass(frozen=True)
class Rendered:
    """One field, ready to be laid out."""

    widget: SafeString
    errors: list[str]
    is_group: bool
    is_single_checkbox: bool
    describedby: str
    max_length: int | None
    prefix: str
    suffix: str
    is_optional: bool


def _widget_attributes(field: BoundField, *, errors: list[str], describedby: str) -> dict[str, Any]:
    widget = field.field.widget
    attributes: dict[str, Any] = dict(widget.attrs)
    base = next((name for kind, name in CLASSES if isinstance(widget, kind)), "govuk-input")
    names = [base, str(attributes.get("class", ""))]
    if errors and not isinstance(widget, forms.CheckboxInput):
        names.append(f"{base}--error")
    attributes["maxlength"] = False  # the error speaks; the browser must not cut what was pasted
    if isinstance(widget, forms.Textarea):
        attributes["rows"] = 5 if attributes.get("rows") == "10" else attributes.get("rows")  # "10" is Django's default
        if getattr(field.field, "max_length", None):
            names.append("govuk-js-character-count")
    attributes["class"] = " ".join(name for name in names if name)
    if describedby:
        attributes["aria-describedby"] = describedby
    return attributes


@register.simple_tag
def gov_field(field: BoundField) -> Rendered:
    """Render a field's widget with the classes and descriptions of the design system."""
    widget = field.field.widget
    is_group = isinstance(widget, GROUPS)
    max_length = getattr(field.field, "max_length", None) if isinstance(widget, forms.Textarea) else None
    errors = plain_errors(field)
    parts = (("hint", field.help_text), ("error", errors), ("info", max_length))
    describedby = " ".join(f"{field.auto_id}-{name}" for name, is_there in parts if is_there)
    attributes = {} if is_group else _widget_attributes(field, errors=errors, describedby=describedby)
    return Rendered(
        widget=field.as_widget(attrs=attributes),
        errors=errors,
        is_group=is_group,
        is_single_checkbox=isinstance(widget, forms.CheckboxInput),
        describedby=describedby,
        max_length=max_length,
        prefix=getattr(field.field, "prefix", ""),
        suffix=getattr(field.field, "suffix", ""),
        is_optional=not field.field.required,
    )


@register.simple_tag
def first_id(field: BoundField) -> str:
    """The id of the first control of a field: where a link of the error summary leads."""
    widget = field.field.widget
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return next((str(part.id_for_label) for part in field.subwidgets), field.auto_id)
    return f"{field.auto_id}_0" if isinstance(widget, forms.MultiWidget) else str(field.id_for_label)


@register.simple_tag
def error_links(form: forms.BaseForm) -> list[tuple[str, str]]:
    """Every error of a form in the order of the page, as (id to link to, text).

    The id is empty for what belongs to no field on the page: errors of the form, and of hidden fields.
    """
    links = [("", str(error)) for error in form.non_field_errors()]
    for field in form:
        target = "" if field.is_hidden else first_id(field)
        links += [(target, text) for text in plain_errors(field)]
    return links


# What a state means to who reads it: grey rests, blue moves, yellow waits for somebody, green is done, red is stopped.
COLOURS = {
    "grey": "draft planned waiting drafted superseded suppressed withdrawn cancelled expired voided ended not_reached "
    "off followed",
    "blue": "submitted listed published claimed sent advertised evaluating in_progress open",
    "light-blue": "called in_panel in_session current recording",
    "yellow": "with_manager returned deferred owed paused due due_soon in_principle recommended pending amber warned "
    "unknown told standing",
    "green": "ready decided closed signed issued accepted confirmed approved agreed done met ok complete completed "
    "ratified green paid",
    "red": "failed overdue late refused missing disputed over blocked red declined breached not_met rejected "
    "denied not_ratified",
    "purple": "emergency urgent outside_panel",
}
COLOUR_OF = {state: colour for colour, states in COLOURS.items() for state in states.split()}


@register.filter
def tag_colour(state: object) -> str:
    """The colour of a state's tag; a state nobody gave a colour is grey."""
    return COLOUR_OF.get(str(state).lower().replace("-", "_").replace(" ", "_"), "grey")


@register.filter
def state_tag(state: object, label: str) -> SafeString:
    """The tag of a state, in its colour."""
    return _tag(str(state), str(label))


@lru_cache(maxsize=512)  # a long list draws the same few again and again
def _tag(state: str, label: str) -> SafeString:
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', tag_colour(state), capfirst(label))


BEFORE = {
    "submit": "before it can be sent",
    "list": "before it can go on an agenda",
    "decide": "before the panel can decide",
    "award": "before the award",
    "start": "before the service starts",
    "close": "before the case is closed",
}
EFFECTS = {
    "block": ("stops", "Must be put right", "stop"),
    "warn": ("warns", "Check this", "warn"),
    "route": ("routes", "Goes another way", "route"),
    "inform": ("informs", "For information", "inform"),
    "met": ("met", "Met", "met"),
}


@register.filter
def effect_words(effect: str, stage: str = "") -> str:
    """What a finding does, in words: "Must be put right before it can be sent"."""
    words = EFFECTS.get(effect, EFFECTS["inform"])[1]
    return f"{words} {BEFORE[stage]}" if effect == "block" and stage in BEFORE else words


@register.filter
def effect_class(effect: str) -> str:
    """The part of the class name that colours a finding."""
    return EFFECTS.get(effect, EFFECTS["inform"])[0]


@register.filter
def effect_icon(effect: str) -> str:
    """The name of a finding's icon in `components/icon.html`."""
    return EFFECTS.get(effect, EFFECTS["inform"])[2]


@register.filter
def labelled(cells: Iterable[Any], columns: Iterable[Any]) -> list[tuple[Any, Any]]:
    """The cells of a row, each with its column, so that a small screen can say the column's name beside each.

    Raises:
        ValueError: a row has more or fewer cells than the table has columns.
    """
    return list(zip(columns, cells, strict=True))


def _local(moment: date | datetime) -> date | datetime:
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment.astimezone(LONDON)
    return moment


def clock_words(moment: datetime) -> str:
    """A time of day as people say it: 5pm, 10:20am, midday, midnight."""
    if (moment.hour, moment.minute) in {(0, 0), (12, 0)}:
        return "midday" if moment.hour else "midnight"
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'am' if moment.hour < 12 else 'pm'}"


@register.filter
def clock(moment: datetime | None) -> str:
    """The time of an instant in England: "10:20am"."""
    local = _local(moment) if moment else None
    return clock_words(local) if isinstance(local, datetime) else ""


@register.filter
def long_date(moment: date | datetime | None) -> str:
    """A date with its weekday: "Thursday 12 March 2026"."""
    if not moment:
        return ""
    local = _local(moment)
    return f"{local:%A} {local.day} {local:%B %Y}"


@register.filter
def long_datetime(moment: date | datetime | None) -> str:
    """A date with its weekday and, for an instant, its time: "Thursday 12 March 2026, 5pm"."""
    if not moment:
        return ""
    local = _local(moment)
    return f"{long_date(local)}, {clock_words(local)}" if isinstance(local, datetime) else long_date(local)


@register.filter
def parts(person: Any, today: date) -> str:
    """What somebody is to the panel, each part once, with its last day where it has one."""
    words = [
        held.get_capacity_display() + (f" (until {short_date(held.until)})" if held.until else "")
        for held in person.roles.all()
        if not held.until or held.until >= today
    ]
    return ", ".join(dict.fromkeys(words)) or "–"


@register.filter
def in_a_row(sentences: Iterable[str]) -> str:
    """Several sentences after one another, parted by semicolons and closed by none of their own stops."""
    return "; ".join(str(sentence).rstrip(". ") for sentence in sentences)


@register.filter
def version_words(version: object) -> str:
    """A version of a policy as people speak of it: "version 2 of the policy" for its slug and "@2"."""
    name, _, number = str(version).rpartition("@")
    return f"version {number} of the policy" if name and number.isdigit() else str(version)


@register.filter
def medium_date(moment: date | datetime | None) -> str:
    """A date without its weekday: "12 March 2026"."""
    if not moment:
        return ""
    local = _local(moment)
    return f"{local.day} {local:%B %Y}"


@register.filter
def short_date(moment: date | datetime | None) -> str:
    """A date for tables: "12 Mar 2026"."""
    if not moment:
        return ""
    local = _local(moment)
    return f"{local.day} {local:%b %Y}"


@register.filter
def iso(moment: date | datetime | None) -> str:
    """A date or instant for the `datetime` attribute of a `time` element."""
    return _local(moment).isoformat() if moment else ""


@register.filter
def ago(moment: datetime, now: datetime) -> str:
    """How long before `now` something happened, or how far ahead it lies, in the largest whole unit."""
    seconds = int((now - moment).total_seconds())
    distance = abs(seconds)
    if distance < 60:
        return "just now" if seconds >= 0 else "in less than a minute"
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if distance >= size:
            words = counted(distance // size, unit)
            break
    return f"{words} ago" if seconds > 0 else f"in {words}"


@register.filter
def days_from(day: date | datetime, today: date | datetime) -> str:
    """A day as seen from another: "today", "tomorrow", "in 5 days", "yesterday", "3 days ago"."""
    there, here = (_local(moment) for moment in (day, today))
    if isinstance(there, datetime):
        there = there.date()
    if isinstance(here, datetime):
        here = here.date()
    gap = (there - here).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if gap in near:
        return near[gap]
    return f"in {counted(gap, 'day')}" if gap > 0 else f"{counted(-gap, 'day')} ago"


def counted(number: int, singular: str, plural_form: str = "") -> str:
    """A number with its noun: "1 case", "3 cases", "1,204 rows"."""
    return f"{number:,} {singular if number == 1 else plural_form or singular + 's'}"


@register.filter
def plural(number: int | Iterable[object], noun: str) -> str:
    """A number (or how many things a list holds) with its noun; an odd plural follows a comma: "child,children"."""
    total = number if isinstance(number, int) else sum(1 for _ in number)
    singular, _, odd = noun.partition(",")
    return counted(total, singular, odd)


@register.filter
def pounds(pence: int | str | None) -> str:
    """Whole pence as pounds: 123450 is "£1,234.50", 120000 is "£1,200.00"; a deficit begins with a minus sign."""
    if pence is None or isinstance(pence, str):  # Django hands a filter "" for what is not there
        return ""
    whole, rest = divmod(abs(int(pence)), 100)
    return f"{'−' if int(pence) < 0 else ''}£{whole:,}.{rest:02d}"


@register.filter
def whole_pounds(pence: int | str | None) -> str:
    """Whole pence as pounds for a headline: pennies are shown only where there are any."""
    words = pounds(pence)
    return words.removesuffix(".00")


@register.filter
def duration(minutes: int | timedelta | str | None) -> str:
    """Minutes in words: 130 is "2 h 10 min", 45 is "45 min"."""
    if minutes is None or isinstance(minutes, str):
        return ""
    total = int(minutes.total_seconds() // 60) if isinstance(minutes, timedelta) else int(minutes)
    hours, rest = divmod(abs(total), 60)
    words = " ".join(part for part, is_there in ((f"{hours} h", hours), (f"{rest} min", rest or not hours)) if is_there)
    return f"−{words}" if total < 0 else words


@register.filter
def per_cent(part: int, whole: int) -> int:
    """How many per cent `part` is of `whole`, 0 to 100, rounded down; for a bar, not for a figure."""
    return max(0, min(100, part * 100 // whole)) if whole > 0 else 0


@register.filter
def item(mapping: dict[str, Any], key: str) -> Any:
    """What a mapping holds under a key, or nothing."""
    return mapping.get(key, "") if mapping else ""


@register.simple_tag
def query_with(query: QueryDict, **changes: object) -> str:
    """A query string with some parameters changed; an empty value takes one away."""
    changed = query.copy()
    for name, value in changes.items():
        if value in {"", None}:
            changed.pop(name, None)
        else:
            changed[name] = str(value)
    return f"?{changed.urlencode()}"


@register.simple_tag
def page_numbers(page: Any) -> Iterator[int | str]:
    """The page numbers to show: the first, the last, those around the current one, and gaps between."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)  # type: ignore[no-any-return]
