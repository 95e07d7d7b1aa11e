"""Decision sheets: drawn from stored data alone, sealed, proved by their fingerprint, sent once."""

from __future__ import annotations

import io
import random
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pypdf import PdfReader

from applications.models import SignOff
from decisions import documents, services, tasks
from decisions.documents import SealedState
from decisions.models import Decision, Sheet
from decisions.services import sheets
from decisions.states import DecisionState, SheetState
from people.models import Message, RecordEntry
from people.permissions import Capacity
from people.services import bell
from people.services.messages import RELAY
from tests.factories.decisions import PASSWORD, STARTS, Hall

pytestmark = pytest.mark.django_db
SIGNED_AT = STARTS + timedelta(hours=4)


@pytest.fixture(autouse=True)
def _certificate(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("seal")
    settings.SEAL_P12, settings.SEAL_CA = folder / "seal.p12", folder / "ca.pem"
    call_command("demo_seal", verbosity=0)


def signed(hall: Hall, **values: Any) -> Decision:
    decision = hall.decided(**values)
    hall.chair.set_password(PASSWORD)
    hall.chair.save()
    return services.sign(decision=hall.costed(decision), password=PASSWORD, by=hall.chair, at=SIGNED_AT)


def drawn(hall: Hall, **values: Any) -> Sheet:
    signed(hall, **values)
    assert tasks.draw_owed_sheets() == 1
    return Sheet.objects.get(decision__state=DecisionState.ISSUED)


def bytes_of(sheet: Sheet) -> bytes:
    with sheet.file.open("rb") as file:
        return bytes(file.read())


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def asked(client: Client, pdf: bytes) -> Any:
    return client.post("/verify/", {"file": SimpleUploadedFile("sheet.pdf", pdf, "application/pdf")})


def test_signing_owes_a_sheet_and_the_task_seals_it_once(hall: Hall) -> None:
    signed(hall)

    assert Sheet.objects.get().state == SheetState.OWED
    assert tasks.draw_owed_sheets() == 1
    assert tasks.draw_owed_sheets() == 0
    sheet = Sheet.objects.get()
    assert sheet.state == SheetState.SEALED
    assert Decision.objects.get().state == DecisionState.ISSUED
    assert documents.inspect(bytes_of(sheet)).state == SealedState.VALID


def test_the_record_holds_the_fingerprint_of_the_file(hall: Hall) -> None:
    sheet = drawn(hall)

    entry = RecordEntry.objects.get(action="sheet.sealed")
    assert entry.facts["file_sha256"] == sheet.file_sha256
    assert entry.facts["data_sha256"] == sheets.digest_of(sheet.data)


def test_everybody_concerned_gets_one_message(hall: Hall) -> None:
    sheet = drawn(hall)

    sent = Message.objects.filter(template="decision_issued")
    wanted = {user.pk for user in sheets.recipients_of(sheet.decision)}
    assert {message.recipient_id for message in sent} == wanted
    assert sent.count() == len(wanted)
    assert {message.path for message in sent} == {f"/sheets/{sheet.reference}/"}


def test_the_sheet_says_what_was_decided_and_reads_aloud(hall: Hall) -> None:
    sheet = drawn(hall)

    pdf = bytes_of(sheet)
    words = words_of(pdf)
    reader = PdfReader(io.BytesIO(pdf))
    assert sheet.decision.minute_number in words
    assert "It meets the need." in words
    assert "£7,800.00" in words
    assert f"{sheet.decision.application.child}" in words
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"  # type: ignore[index]


def test_a_decision_names_the_clauses_it_rests_on_where_no_rule_found_anything(hall: Hall, as_user: Any) -> None:
    item = hall.called()
    SignOff.objects.create(
        application=item.application,
        role="team_manager",
        answer="signed",
        given_at=STARTS - timedelta(days=7),
        given_by=hall.house.manager,
        request_version=1,
    )
    sheet = drawn(hall, item=item)
    decision = sheet.decision

    paper = words_of(bytes_of(sheet))
    page = " ".join(as_user(hall.chair).get(f"/decisions/{decision.reference}/").content.decode().split())
    assert "WB-08" not in {finding["rule"] for finding in decision.findings["findings"]}
    assert [(clause["rule"], clause["what"]) for clause in sheet.data["clauses"]] == [
        ("WB-08", "Accommodation and Resources Panel may hear and decide this."),
        ("WB-48", f"Signed before panel by {hall.house.manager} (Team Manager), 13 October 2026."),
        ("WB-56", "“Approved” is one of the outcomes of this panel."),
        ("WB-60", "What “Approved” asks for was given."),
        ("WB-60", "The reason why there is no review is kept."),
        ("WB-15", "Who signs the decision: Chair."),
    ]
    for clause in sheet.data["clauses"]:
        assert clause["rule"] in paper
        assert clause["clause"] in page
    assert len(PdfReader(io.BytesIO(bytes_of(sheet))).pages) <= 2


def test_a_condition_is_marked_met_with_one_press(hall: Hall, as_user: Any) -> None:
    decision = hall.decided(conditions=[services.NewCondition("A weekly report")])
    browser = as_user(hall.administrator)
    address = f"/decisions/{decision.reference}/conditions/{decision.conditions.get().pk}/met"

    before = browser.get(f"/decisions/{decision.reference}/").content.decode()
    browser.post(address)
    after = browser.get(f"/decisions/{decision.reference}/").content.decode()

    assert address in before
    assert address not in after
    assert decision.conditions.get().met_by == hall.administrator
    assert address not in as_user(hall.chair).get(f"/decisions/{decision.reference}/").content.decode()


def test_the_files_own_notes_name_nobody(hall: Hall) -> None:
    sheet = drawn(hall)

    about = PdfReader(io.BytesIO(bytes_of(sheet))).metadata
    assert about is not None
    said = " ".join(str(value) for value in about.values())
    child = sheet.decision.application.child
    for name in (child.first_name, child.last_name, hall.chair.last_name):
        assert name not in said
    assert about.title == f"Decision sheet {sheet.decision.application.reference}"


def test_what_changes_afterwards_does_not_change_the_sheet(hall: Hall) -> None:
    signed(hall)
    child = Decision.objects.get().application.child
    child.first_name = "Renamed"
    child.save()

    tasks.draw_owed_sheets()

    assert "Renamed" not in words_of(bytes_of(Sheet.objects.get()))


def test_typed_text_can_neither_fetch_nor_mark_up(hall: Hall) -> None:
    hostile = '<img src="file:///etc/passwd"><script>alert(1)</script> =HYPERLINK("x")'
    sheet = drawn(hall, reasons=hostile)

    assert hostile.replace('"', "") in words_of(bytes_of(sheet)).replace('"', "")


def test_a_copy_is_valid_a_flipped_bit_is_changed(hall: Hall, as_user: Any) -> None:
    pdf = bytes_of(drawn(hall))
    client = as_user(hall.administrator)

    assert "Valid" in asked(client, pdf).content.decode()
    chance = random.Random(7)  # noqa: S311 -- the same bits every time
    stream = pdf.index(b"stream") * 8 + 400  # inside what is compressed: the file cannot even be read any more
    for place in [stream, *(chance.randrange(len(pdf) * 8) for _ in range(12))]:
        other = bytearray(pdf)
        other[place // 8] ^= 1 << (place % 8)
        answer = asked(client, bytes(other)).content.decode()
        assert "Valid" not in answer


def test_the_seal_alone_misses_bits_that_the_fingerprint_finds(hall: Hall, as_user: Any) -> None:
    pdf = bytes_of(drawn(hall))

    # The padding of the signature's own slot: zeros that no signature can cover.
    start = pdf.index(b"/Contents <") + 11
    end = pdf.index(b">", start)
    padding = pdf.rindex(b"0000", start, end)
    other = pdf[:padding] + b"0001" + pdf[padding + 4 :]

    assert documents.inspect(other).state == SealedState.VALID
    assert (
        sheets.find_by_fingerprint(council=hall.council, sha256=__import__("hashlib").sha256(other).hexdigest()) is None
    )
    assert "do not rely on this file" in asked(as_user(hall.administrator), other).content.decode()


def test_after_the_authority_changed_old_sheets_and_new_ones_are_valid(hall: Hall, settings: Any) -> None:
    old, old_ca = bytes_of(drawn(hall)), settings.SEAL_CA
    settings.SEAL_P12, settings.SEAL_CA = (old_ca.with_name(name) for name in ("new.p12", "new.pem"))
    call_command("demo_seal", verbosity=0)
    new = documents.seal(documents.draw_pack(hall.meeting.agenda_versions.get().snapshot))
    assert [documents.inspect(pdf).state for pdf in (old, new)] == [SealedState.CHANGED, SealedState.VALID]

    settings.SEAL_CA.write_bytes(settings.SEAL_CA.read_bytes() + old_ca.read_bytes())

    assert [documents.inspect(pdf).state for pdf in (old, new)] == [SealedState.VALID, SealedState.VALID]


def test_an_appended_change_and_a_cut_file_are_not_valid(hall: Hall, as_user: Any) -> None:
    pdf = bytes_of(drawn(hall))
    client = as_user(hall.administrator)

    assert "Changed: do not rely on this file" in asked(client, pdf + b"\n%more").content.decode()
    assert "Valid" not in asked(client, pdf[:-1]).content.decode()


def test_a_replaced_version_is_superseded(hall: Hall, as_user: Any) -> None:
    sheet = drawn(hall)
    decision = Decision.objects.get()
    services.correct(
        decision=decision,
        minute=hall.minute(decision.item, reasons="Put right."),
        why="A figure was wrong.",
        expected_version=decision.version,
        by=hall.chair,
        at=SIGNED_AT + timedelta(days=1),
    )

    answer = asked(as_user(hall.administrator), bytes_of(sheet)).content.decode()
    assert "Superseded" in answer
    assert "Valid:" not in answer


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"%PDF-1.4 nothing", "not a PDF that can be read"),
        ("a.txt", b"<script>alert(1)</script>", "not a PDF that can be read"),
        ("a.pdf", b"\0" * 2000, "not a PDF that can be read"),
    ],
)
def test_what_is_no_sheet_is_said_plainly(hall: Hall, as_user: Any, name: str, content: bytes, said: str) -> None:
    answer = as_user(hall.administrator).post("/verify/", {"file": SimpleUploadedFile(name, content)})

    assert answer.status_code == 200
    assert said in answer.content.decode()


@pytest.mark.parametrize("files", [{}, {"file": SimpleUploadedFile("a.pdf", b"")}, {"other": "x"}])
def test_no_file_gives_an_error_beside_the_field(hall: Hall, as_user: Any, files: Any) -> None:
    answer = as_user(hall.administrator).post("/verify/", files)

    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.content.decode()


def test_a_sheet_of_another_council_is_not_known(hall: Hall, other_staff: Any, as_user: Any) -> None:
    sheet = drawn(hall)
    stranger = as_user(other_staff[Capacity.HEAD_OF_SERVICE])

    assert stranger.get(f"/sheets/{sheet.reference}/").status_code == 404
    assert stranger.get(f"/sheets/{sheet.reference}/file").status_code == 404
    said = asked(stranger, bytes_of(sheet)).content.decode()
    assert "Not on record here: do not rely on this file" in said
    assert hall.council.name not in said
    assert Decision.objects.get().minute_number not in said


def test_opening_the_file_is_on_record_before_it_leaves(hall: Hall, as_user: Any) -> None:
    sheet = drawn(hall)

    answer = as_user(hall.chair).get(f"/sheets/{sheet.reference}/file")

    entry = RecordEntry.objects.get(action="sheet.opened")
    assert entry.verb == "disclosure"
    assert entry.by == hall.chair
    assert b"".join(answer.streaming_content) == bytes_of(sheet)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "no-store"
    assert sheet.decision.application.child.last_name not in answer["Content-Disposition"]


def test_a_sheet_that_cannot_be_drawn_waits_and_the_decision_stands(hall: Hall, settings: Any) -> None:
    signed(hall)
    right, settings.SEAL_P12 = settings.SEAL_P12, settings.SEAL_P12.with_name("missing.p12")

    assert tasks.draw_owed_sheets() == 0
    sheet = Sheet.objects.get()
    assert (sheet.state, sheet.attempts, sheet.fault) == (SheetState.OWED, 1, "SealMissingError")
    assert Decision.objects.get().state == DecisionState.SIGNED

    settings.SEAL_P12 = right
    Sheet.objects.update(next_try_at=SIGNED_AT)
    assert tasks.draw_owed_sheets() == 1


def test_after_eight_tries_it_is_shown_as_failed_and_can_be_asked_for_again(hall: Hall) -> None:
    signed(hall)
    for _ in range(sheets.MOST_TRIES):
        sheets.note_failure(sheet=Sheet.objects.get(), fault="OSError", at=SIGNED_AT)
    sheet = Sheet.objects.get()
    assert sheet.state == SheetState.FAILED

    sheets.draw_again(sheet=sheet, by=hall.administrator, at=SIGNED_AT)

    assert tasks.draw_owed_sheets() == 1


def test_two_workers_never_take_the_same_sheet(hall: Hall) -> None:
    signed(hall)

    first = sheets.claim_owed(at=SIGNED_AT)
    second = sheets.claim_owed(at=SIGNED_AT)
    later = sheets.claim_owed(at=SIGNED_AT + sheets.LEASE + timedelta(seconds=1))

    assert (len(first), len(second), len(later)) == (1, 0, 1)


def test_who_takes_as_many_sheets_as_they_may_rings_for_the_next_worker(
    hall: Hall, django_capture_on_commit_callbacks: Any
) -> None:
    signed(hall)
    connection.run_on_commit.clear()  # as if it had been committed

    with django_capture_on_commit_callbacks() as rings:
        assert len(sheets.claim_owed(at=SIGNED_AT, most=2)) == 1
    assert rings == []
    with django_capture_on_commit_callbacks() as rings:
        assert len(sheets.claim_owed(at=SIGNED_AT + sheets.LEASE + timedelta(seconds=1), most=1)) == 1
    assert len(rings) == 1


def test_what_is_to_be_drawn_or_sent_rings_when_it_is_committed(
    hall: Hall, django_capture_on_commit_callbacks: Any
) -> None:
    hall.decided()
    hall.chair.set_password(PASSWORD)
    hall.chair.save()
    decision = hall.costed(Decision.objects.get())
    connection.run_on_commit.clear()  # as if it had been committed
    with django_capture_on_commit_callbacks() as rings:
        services.sign(decision=decision, password=PASSWORD, by=hall.chair, at=SIGNED_AT)
    assert rings == [bell._bell(sheets.DRAW)]

    with django_capture_on_commit_callbacks() as rings:
        tasks.draw_owed_sheets()
    assert rings == [bell._bell(RELAY)]


def test_a_sheet_stored_twice_is_stored_once(hall: Hall) -> None:
    sheet = drawn(hall)

    assert sheets.store_sealed(sheet=sheet, pdf=b"%PDF other", at=SIGNED_AT) is False
    assert Message.objects.filter(template="decision_issued").count() == len(sheets.recipients_of(sheet.decision))


def test_a_published_agenda_gets_its_pack_once(hall: Hall, as_user: Any) -> None:
    hall.opened()

    tasks.draw_owed_sheets()
    tasks.draw_owed_sheets()

    version = hall.meeting.agenda_versions.get()
    assert RecordEntry.objects.filter(action="pack.drawn").count() == 1
    answer = as_user(hall.chair).get(f"/meetings/{hall.meeting.reference}/agenda/1/pack")
    pdf = b"".join(answer.streaming_content)
    assert "Agenda" in words_of(pdf)
    assert version.pack_sha256 == __import__("hashlib").sha256(pdf).hexdigest()


def test_a_fault_while_drawing_is_logged_without_its_words(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    signed(hall)
    data = Sheet.objects.get().data
    Sheet.objects.update(data=data | {"lines": [data["lines"][0] | {"total_pence": "Quoxlefinch"}]})

    assert tasks.draw_owed_sheets() == 0

    [row] = [record for record in caplog.records if record.name == "decisions.tasks"]
    assert row.getMessage().startswith(f"sheet {Sheet.objects.get().reference} could not be drawn: ")
    assert "Quoxlefinch" not in caplog.text
    assert Sheet.objects.get().fault in row.getMessage()
