"""A council's colour as a stylesheet of its own: the content policy of our pages forbids styles inside them."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from people.access import open_to_all
from people.models import Council

NEUTRAL = "#17324d"
HEX = re.compile(r"#[0-9a-fA-F]{6}")
ENOUGH = 5.5  # white text on the colour: above WCAG's 4.5 to 1, so that a tint of it still passes


def channels(colour: str) -> tuple[int, int, int]:
    """The red, green and blue of "#rrggbb", each 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mixed(colour: str, other: str, share: float) -> str:
    """A colour with another mixed in; `share` is the other's part, 0 to 1."""
    parts = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(one * (1 - share) + two * share):02x}" for one, two in parts)


def contrast_with_white(colour: str) -> float:
    """WCAG's contrast ratio between a colour and white, 1 to 21."""
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in channels(colour)
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def readable(colour: str) -> str:
    """The colour itself where white text on it is readable, else the first darker shade on which it is.

    What is not a colour becomes the neutral one: nothing a record holds is written into a stylesheet as it stands.
    """
    shade = colour.lower() if HEX.fullmatch(colour) else NEUTRAL
    while contrast_with_white(shade) < ENOUGH:
        shade = mixed(shade, "#000000", 0.08)
    return shade


def stylesheet(colour: str) -> str:
    """The custom properties of a council's colour."""
    main = readable(colour)
    return (
        ":root{"
        f"--house-colour:{main};"
        f"--house-deep:{mixed(main, '#0b0c0c', 0.35)};"
        f"--house-line:{mixed(main, '#ffffff', 0.62)};"
        f"--house-tint:{mixed(main, '#ffffff', 0.9)};"
        f"--house-mist:{mixed(main, '#ffffff', 0.95)};"
        f"--govuk-brand-colour:{main};"
        f"--govuk-surface-background-colour:{mixed(main, '#ffffff', 0.95)};"
        f"--govuk-surface-border-colour:{mixed(main, '#ffffff', 0.62)};"
        "}\n"
    )


@open_to_all
@require_safe
@cache_control(public=True, max_age=3600)
def brand(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with a council's colours. A name and a colour are no secret, so nobody has to be signed in."""
    council = get_object_or_404(Council, slug=slug)
    return HttpResponse(stylesheet(council.colour), content_type="text/css; charset=utf-8")
