"""What must hold after a walk: the money, the sheet, the mails, the record."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from typing import TYPE_CHECKING

from asn1crypto import pem, x509
from django.conf import settings
from django.core.management import call_command
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from decisions.models import Decision, Sheet
from finance.models import Commitment, LedgerEntry
from people.messages import TEMPLATES
from people.models import Message, RecordEntry

from .walk import FIRST, LAST, YEAR_ENDS, Walk, apart, cost, pounds, whole_cost

if TYPE_CHECKING:
    from .conftest import Post


def the_ledger_is_right_to_the_penny(decision: Decision) -> None:
    """What stands committed equals days times the price, worked out from nothing but the two days and the price."""
    rows = LedgerEntry.objects.filter(commitment__case_reference=decision.application.reference)
    standing = {
        begins: sum(
            row.pence if row.to_bucket == "COMMITTED" else -row.pence for row in rows.filter(year__begins=begins)
        )
        for begins in (2026, 2027)
    }
    assert standing == {2026: cost(FIRST, YEAR_ENDS), 2027: cost(YEAR_ENDS + timedelta(days=1), LAST)}
    mine = rows.filter(commitment__in=decision.commitments.all(), kind="COMMIT")
    assert sum(row.days or 0 for row in mine) == (LAST - FIRST).days + 1
    [commitment] = Commitment.objects.filter(pk__in=decision.commitments.all())
    assert commitment.status == "ACTIVE"
    assert decision.money["this_year_pence"] == cost(FIRST, YEAR_ENDS)


def the_sheet_is_what_is_on_record(walk: Walk, decision: Decision, pdf: bytes) -> None:
    """Sealed by the council's certificate, byte for byte what the record holds, and it says what was decided."""
    sheet = Sheet.objects.get(decision=decision)
    digest = hashlib.sha256(pdf).hexdigest()
    entry = RecordEntry.objects.get(action="sheet.sealed", subject_ref=decision.reference)
    assert digest == sheet.file_sha256 == entry.facts["file_sha256"]
    assert apart(lambda: seal_holds(pdf))
    words = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())
    for part in (walk.words.first_name, walk.words.last_name, decision.minute_number, pounds(whole_cost())):
        assert part in words, part
    outcomes = walk.town.policy.outcomes(walk.town.panel.slug)
    label = next(outcome.label for outcome in outcomes if outcome.code == decision.outcome)
    assert label.lower() in words.lower()
    assert any(RecordEntry.objects.filter(action="sheet.opened", subject_ref=decision.reference))


def seal_holds(pdf: bytes) -> bool:
    """Whether pyHanko, asked by the test itself, trusts the seal and finds nothing changed after it."""
    [signature] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    _, _, der = pem.unarmor(settings.SEAL_CA.read_bytes())
    context = ValidationContext(trust_roots=[x509.Certificate.load(der)], allow_fetching=False)
    status = validate_pdf_signature(signature, context)
    return bool(status.bottom_line and status.intact and status.valid)


def flipped(pdf: bytes) -> bytes:
    """The same file with one bit of its text changed."""
    middle = len(pdf) // 3
    return pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :]


def every_message_went_out_once(post: Post, *, never: list[str]) -> None:
    """One mail for each message owed, to one person, with a constant subject and nothing of the case."""
    assert set(Message.objects.values_list("state", flat=True)) == {"accepted"}
    mails = post.mails
    assert len(mails) == Message.objects.count() > 0
    assert all(len(to) == 1 for to in post.envelopes)
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)
    owed = sorted(
        (m.recipient.email, TEMPLATES[m.template].subject) for m in Message.objects.select_related("recipient")
    )
    assert sorted((str(mail["To"]), str(mail["Subject"])) for mail in mails) == owed
    for raw, mail in zip(post.raw, mails, strict=True):
        text = raw.decode("utf-8", "replace") + mail.get_content()
        found = [word for word in never if word.lower() in text.lower()]
        assert not found, (mail["Subject"], found)


def the_chains_hold() -> None:
    """Record and ledger verify from their first row."""
    call_command("verify_record")
    call_command("verify_ledger")
