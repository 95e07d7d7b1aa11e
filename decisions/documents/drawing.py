"""Draws sheets and agenda packs as tagged PDF (PDF/UA-1) from JSON alone: no query, no remote file, no script."""

from __future__ import annotations

import hashlib
import threading
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from weasyprint.text.fonts import FontConfiguration

LONDON = ZoneInfo("Europe/London")
VARIANT = "pdf/ua-1"
# Sharing one font configuration between threads kills the process; one a thread is safe, and twice as fast as one
# a page.
_of_thread = threading.local()


class NotAllowedError(Exception):
    """A document asked for a file: ours never do, so it can only have come from typed text."""


def _fonts() -> FontConfiguration:
    if not hasattr(_of_thread, "fonts"):
        from weasyprint.text.fonts import FontConfiguration as Fonts  # noqa: PLC0415 -- needs system libraries

        _of_thread.fonts = Fonts()
    return _of_thread.fonts


def _refuse(url: str, *_args: object, **_kwargs: object) -> dict[str, Any]:
    raise NotAllowedError(url)


def _stylesheet() -> Any:
    from weasyprint import CSS  # noqa: PLC0415 -- needs system libraries

    if not hasattr(_of_thread, "css"):
        path = settings.BASE_DIR / "static" / "css" / "sheet.css"
        _of_thread.css = CSS(string=path.read_text(), font_config=_fonts(), url_fetcher=_refuse)
    return _of_thread.css


def _with_dates(value: Any) -> Any:
    """Give ISO dates and instants back their types, so that templates write them out; instants in London time."""
    if isinstance(value, dict):
        return {key: _with_dates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_dates(item) for item in value]
    if isinstance(value, str) and len(value) >= 10 and value[:4].isdigit() and value[4] == "-":
        return _date_of(value)
    return value


def _date_of(text: str) -> Any:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        instant = datetime.fromisoformat(text)
    except ValueError:
        return text
    return instant.astimezone(LONDON) if instant.tzinfo else text


def sheet_html(data: dict[str, Any], *, data_sha256: str, reference: str) -> str:
    """Fill the sheet's page. The same data gives the same page."""
    return render_to_string(
        "decisions/sheet/sheet.html",
        {"sheet": _with_dates(data), "data_sha256": data_sha256, "reference": reference, "base_url": settings.BASE_URL},
    )


def draw_sheet(data: dict[str, Any], *, data_sha256: str, reference: str) -> bytes:
    """Draw a decision sheet.

    Args:
        data: what `sheet_data` gathered; nothing else is read.
        data_sha256: its digest, printed on the sheet.
        reference: the sheet's reference, printed on each page.

    Returns:
        A tagged PDF/UA-1 file; the same data gives the same identifier inside.
    """
    from weasyprint import HTML  # noqa: PLC0415 -- needs system libraries

    html = sheet_html(data, data_sha256=data_sha256, reference=reference)
    drawn: bytes = HTML(string=html, url_fetcher=_refuse).write_pdf(
        stylesheets=[_stylesheet()],
        font_config=_fonts(),
        pdf_variant=VARIANT,
        pdf_identifier=hashlib.sha256(data_sha256.encode()).digest()[:16],
        custom_metadata=True,
    )
    return drawn


def draw_pack(snapshot: dict[str, Any]) -> bytes:
    """Draw an agenda pack from a published snapshot: the agenda first, then a section a case, numbered by itself.

    Cases are rendered apart and joined as pages, which keeps tags and language and is far faster than one long page.
    """
    from weasyprint import HTML  # noqa: PLC0415 -- needs system libraries

    pack = _with_dates(snapshot)
    cases = [item for item in pack.get("items", []) if item.get("kind") == "case"]
    pages = [render_to_string("decisions/sheet/pack_agenda.html", {"pack": pack})]
    pages += [render_to_string("decisions/sheet/pack_case.html", {"pack": pack, "item": item}) for item in cases]
    drawn = [
        HTML(string=page, url_fetcher=_refuse).render(
            stylesheets=[_stylesheet()], font_config=_fonts(), pdf_variant=VARIANT
        )
        for page in pages
    ]
    joined: bytes = drawn[0].copy([page for part in drawn for page in part.pages]).write_pdf(pdf_variant=VARIANT)
    return joined
