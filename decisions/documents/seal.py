"""Seals a PDF with the council's certificate (PAdES) and says of a PDF whether its seal still holds."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from pathlib import Path

FIELD = "CouncilSeal"


class SealMissingError(Exception):
    """There is no certificate to seal with."""


class SealedState(StrEnum):
    """What a check of the seal found."""

    VALID = "valid"
    CHANGED = "changed"  # bytes differ from what was sealed
    UNSEALED = "unsealed"  # a PDF without our seal
    UNREADABLE = "unreadable"  # no PDF at all, or one that cannot be read


@dataclass(frozen=True)
class Verdict:
    """What a check of one file found."""

    state: SealedState
    signer: str = ""


def seal(pdf: bytes) -> bytes:
    """Seal a PDF: PAdES B-B, certified so that no later change is allowed. The time is the server's own.

    Raises:
        SealMissingError: settings.SEAL_P12 names no readable certificate.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415 -- half a second to load
    from pyhanko.sign import fields, signers  # noqa: PLC0415

    path: Path = settings.SEAL_P12
    if not path.exists():
        raise SealMissingError("There is no certificate to seal with: set SEAL_P12, or run ./dev setup for the demo's.")
    signer = signers.SimpleSigner.load_pkcs12_data(path.read_bytes(), [], passphrase=settings.SEAL_PASSWORD.encode())
    if signer is None:
        raise SealMissingError("The certificate named by SEAL_P12 could not be opened: check SEAL_PASSWORD.")
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        reason="Decision recorded and signed by the chair of the panel",
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    out = io.BytesIO()
    signers.PdfSigner(meta, signer=signer, new_field_spec=fields.SigFieldSpec(FIELD, on_page=0)).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out
    )
    return out.getvalue()


def inspect(pdf: bytes) -> Verdict:
    """Check a file's seal against the council's certificate authority.

    A signature leaves its own padding uncovered: whoever wants every byte proved also compares the file's SHA-256
    with the record.
    """
    from asn1crypto import pem, x509  # noqa: PLC0415 -- with pyHanko
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415
    from pyhanko.sign.validation import validate_pdf_signature  # noqa: PLC0415
    from pyhanko.sign.validation.status import SignatureCoverageLevel  # noqa: PLC0415
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    except Exception:  # what a damaged file makes the library raise cannot be foreseen
        # A file that still carries the marks of a signature was sealed once; it is damaged, not foreign.
        return Verdict(SealedState.CHANGED if b"/ByteRange" in pdf else SealedState.UNREADABLE)
    ours = [s for s in signatures if s.field_name == FIELD]
    if not ours:
        return Verdict(SealedState.UNSEALED)
    roots = [x509.Certificate.load(der) for _, _, der in pem.unarmor(settings.SEAL_CA.read_bytes(), multiple=True)]
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    try:
        status = validate_pdf_signature(ours[0], context)
    except Exception:
        return Verdict(SealedState.CHANGED)
    signer = status.signing_cert.subject.native.get("common_name", "")
    is_whole = status.bottom_line and status.coverage == SignatureCoverageLevel.ENTIRE_FILE  # nothing was appended
    return Verdict(SealedState.VALID if is_whole else SealedState.CHANGED, signer=signer)
