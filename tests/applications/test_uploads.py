"""What may be uploaded, and how it is handed out."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications import services
from applications.models import Document
from applications.rules import FileFault, content_type_of
from people.models import RecordEntry
from tests.factories.applications import AT, PDF, House, person, team

MOST = 20 * 1024 * 1024
PNG = (
    b"\x89PNG\r\n\x1a\n"
    + struct.pack(">I", 13)
    + b"IHDR"
    + struct.pack(">II", 4, 4)
    + b"\x08\x02\0\0\0"
    + b"\0" * 4
    + b"\0\0\0\0IEND\xaeB`\x82"
)
JPG = b"\xff\xd8\xff\xc0\x00\x11\x08" + struct.pack(">HH", 4, 4) + b"\x03" + b"\0" * 9 + b"\xff\xd9"


def office(
    extra: dict[str, bytes] | None = None, heart: str = "word/document.xml", types: bytes = b"<Types/>"
) -> bytes:
    made = io.BytesIO()
    parts = {"[Content_Types].xml": types, heart: b"<document/>", **(extra or {})}
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            # No time of writing: these bytes name test cases, and two processes have to find the same names.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def encrypted() -> bytes:
    """An archive whose entries say that they are encrypted."""
    made = bytearray(office())
    for at in range(len(made) - 4):
        if made[at : at + 4] == b"PK\x03\x04":
            made[at + 6] |= 1
        if made[at : at + 4] == b"PK\x01\x02":
            made[at + 8] |= 1
    return bytes(made)


@pytest.mark.parametrize(
    ("name", "content", "extension"),
    [
        ("a.pdf", PDF, "pdf"),
        ("a.PNG", PNG, "png"),
        ("a.jpeg", JPG, "jpg"),
        ("a.docx", office(), "docx"),
        ("a.xlsx", office(heart="xl/workbook.xml"), "xlsx"),
    ],
)
def test_the_few_kinds_are_taken(name: str, content: bytes, extension: str) -> None:
    assert content_type_of(name, io.BytesIO(content), most_bytes=MOST)[0] == extension


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.svg", b"<svg/>", "Choose a PDF"),
        ("a.html", b"<html>", "Choose a PDF"),
        ("a.docm", office(), "Choose a PDF"),
        ("a", PDF, "Choose a PDF"),
        ("../../a.pdf/", PDF, None),
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"<html></html>", "not a PDF"),
        ("a.pdf", b"x" + PDF, "not a PDF"),
        ("a.pdf", PDF[:20], "not a PDF"),
        ("a.pdf", PDF + b"x" * 4096, "not a PDF"),
        ("a.pdf", PDF.replace(b"/Root", b"/Encrypt 2 0 R/Root"), "password"),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(x)>>"), "scripts"),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog/EmbeddedFiles 1"), "scripts"),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog/A<</S/Launch>>"), "scripts"),
        ("a.png", JPG, "not a PNG"),
        ("a.jpg", PNG, "not a JPG"),
        ("a.png", PNG.replace(struct.pack(">II", 4, 4), struct.pack(">II", 60_000, 60_000)), "pixels"),
        ("a.docx", b"PK\x03\x04 rubbish", "damaged"),
        ("a.docx", office()[:80], "damaged"),
        ("a.docx", PDF, "not a DOCX"),
        ("a.docx", office(heart="xl/workbook.xml"), "not a DOCX"),
        ("a.docx", encrypted(), "password"),
        ("a.docx", office({"word/vbaProject.bin": b"x"}), "macros"),
        ("a.docx", office(types=b'<Types ContentType="x.macroEnabled.12"/>'), "macros"),
        ("a.docx", office({"word/embeddings/x.bin": b"x"}), "macros"),
        ("a.docx", office({"../../etc/passwd": b"x"}), "damaged"),
        ("a.docx", office({"inner.zip": b"x"}), "damaged"),
        ("a.docx", office({"word/media/big.xml": b"0" * 50_000_000}), "unpacks"),
    ],
)
def test_what_could_harm_is_refused_with_a_sentence(name: str, content: bytes, why: str | None) -> None:
    if why is None:
        assert content_type_of(name, io.BytesIO(content), most_bytes=MOST)[0] == "pdf"
        return
    with pytest.raises(FileFault, match=why):
        content_type_of(name, io.BytesIO(content), most_bytes=MOST)


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(FileFault, match="no larger than 0 MB"):
        content_type_of("a.pdf", io.BytesIO(PDF), most_bytes=len(PDF) - 1)


@pytest.mark.django_db
def test_a_document_is_stored_under_a_random_name_and_only_downloaded(house: House, as_user) -> None:
    request = house.draft()
    client = as_user(house.worker)
    file = SimpleUploadedFile("../../Robin Sample\u202eplan.pdf", PDF, content_type="text/html")
    answer = client.post(f"/requests/{request.reference}/documents/", {"kind": "care_plan", "file": file})
    assert answer.status_code == 302
    document = Document.objects.get()
    assert "Robin" not in document.file.name
    assert Path(document.file.name).suffix == ".pdf"
    assert "\u202e" not in document.name

    response = client.get(f"/requests/{request.reference}/documents/{document.reference}/")
    assert b"".join(response.streaming_content) == PDF
    headers = response.headers
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Content-Type"] == "application/pdf"
    assert RecordEntry.objects.filter(action="document.read", subject_ref=document.reference).count() == 1


@pytest.mark.django_db
def test_a_document_of_somebody_elses_request_is_not_found(house: House, as_user) -> None:
    request = house.with_document(house.draft(), "care_plan")
    address = f"/requests/{request.reference}/documents/{Document.objects.get().reference}/"
    stranger = person(house.council, "stranger", team=team(house.council, "Team Two"))
    assert as_user(stranger).get(address).status_code == 404
    assert as_user(house.manager).get(address).status_code == 200


@pytest.mark.django_db
def test_a_removed_document_is_gone_from_the_page_and_kept_for_the_record(house: House, as_user) -> None:
    request = house.with_document(house.draft(), "care_plan")
    document = Document.objects.get()
    client = as_user(house.worker)
    client.post(f"/requests/{request.reference}/documents/{document.reference}/remove/")
    document.refresh_from_db()
    assert (document.removed_at is not None, document.removed_by) == (True, house.worker)
    assert client.get(f"/requests/{request.reference}/documents/{document.reference}/").status_code == 404
    assert document.file.storage.exists(document.file.name)


@pytest.mark.django_db
def test_late_papers_are_added_but_not_taken_off_once_it_is_sent(house: House) -> None:
    sent = services.submit(application=house.whole(), by=house.worker, at=AT)
    house.with_document(sent, "care_plan")
    with pytest.raises(services.NotAllowedError):
        services.remove_document(document=Document.objects.get(), by=house.worker, at=AT)
