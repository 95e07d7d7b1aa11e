"""Sheets and packs: a plain page to measure against, the product's own sheet, a pack of many cases."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from django.conf import settings

from decisions import documents
from decisions.models import AgendaVersion, Sheet

if TYPE_CHECKING:
    from .measure import Deed

PLAIN = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Plain</title><h1>A plain page</h1>
{paragraphs}<table><tr><th>What<th>From<th>To<th>Price</tr>{rows}</table>"""
WORDS = "<p>The panel agreed. What was tried before is clear, the plan says who does what, and the price is fair.</p>"
LINE = "<tr><td>A placement near school<td>1 April 2026<td>31 March 2027<td>£1,000.00</tr>"
_kept: dict[str, Any] = {}


def plain_page() -> bytes:
    """A6: one tagged page of words and a table, with a few lines of style, fonts already found."""
    from weasyprint import CSS, HTML  # noqa: PLC0415 -- needs system libraries
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    if not _kept:
        _kept["fonts"] = FontConfiguration()
        style = "@page { size: A4; margin: 2cm } body { font: 11pt sans-serif } td, th { padding: 2mm }"
        _kept["style"] = CSS(string=style, font_config=_kept["fonts"])
    text = PLAIN.format(paragraphs=WORDS * 12, rows=LINE * 12)
    drawn: bytes = HTML(string=text).write_pdf(
        stylesheets=[_kept["style"]], font_config=_kept["fonts"], pdf_variant="pdf/ua-1"
    )
    return drawn


def sheet_drawn_and_sealed() -> Deed:
    """The deed of drawing the sheet of a decision from what was stored, and of sealing it."""
    sheet = Sheet.objects.order_by("pk").first()
    assert sheet is not None
    assert settings.SEAL_P12.exists()

    def deed() -> bytes:
        return documents.seal(
            documents.draw_sheet(sheet.data, data_sha256=sheet.data_sha256, reference=sheet.reference)
        )

    return deed


def pack_of(cases: int) -> Deed:
    """The deed of drawing a pack of so many cases, each as a published agenda of the demonstration has it."""
    found = [
        (version, item)
        for version in AgendaVersion.objects.order_by("pk")[:200]
        for item in version.snapshot["items"]
        if item.get("kind") == "case"
    ]
    snapshot = deepcopy(found[0][0].snapshot)
    snapshot["items"] = [deepcopy(found[number % len(found)][1]) | {"number": number + 1} for number in range(cases)]

    def deed() -> bytes:
        return documents.draw_pack(snapshot)

    return deed
