"""Rehearsing rules: last year's requests under a draft, counts that add up, nothing kept, nothing believed."""

from __future__ import annotations

import io
import shutil
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.models import Application
from applications.queries.drafts import as_on, draft_of_files, numbers_of, with_number
from applications.queries.rehearsal import MOST, rehearse
from applications.rules.drafts import DraftFault, draft_files
from applications.states import State
from panels.policy import PolicyFaults, installed, load
from panels.policy.loading import ROOT
from panels.rules import assess
from people.permissions import Capacity
from tests.factories.applications import House, council, person

pytestmark = pytest.mark.django_db
URL = "/requests/rehearsal/"
FLOOR = "parameter:resource_floor"


def files_of(slug: str = "west-berkshire", **changes: tuple[str, str]) -> dict[str, str]:
    """The files of a council, some words in some of them changed."""
    texts = {file.name: file.read_text() for file in (ROOT / slug).glob("*.yaml")}
    for name, (old, new) in changes.items():
        assert old in texts[f"{name}.yaml"]
        texts[f"{name}.yaml"] = texts[f"{name}.yaml"].replace(old, new)
    return texts


def zipped(texts: dict[str, str | bytes], folder: str = "draft/") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(folder + name, text)
    return data.getvalue()


def sent(house: House, *, days_ago: int = 30, **line: object) -> Application:
    """A request that reached the administrator so many days ago."""
    number = Application.objects.count() + 1
    child = house.new_child(case_reference=f"C-{5000 + number}")
    application = house.whole(child, **{"facts": {"court_related": False}, **line})
    at = timezone.now() - timedelta(days=days_ago)
    Application.objects.filter(pk=application.pk).update(state=State.READY, submitted_at=at, submitted_by=house.manager)
    return application


def post(client, **data: object):
    return client.post(URL, data)


# what comes out -------------------------------------------------------------------------------------
def test_a_higher_floor_warns_of_the_requests_that_fall_below_it(house: House, as_user) -> None:
    below, above = sent(house, pence=60_000), sent(house, pence=900_000)

    page = post(as_user(house.head), source="number", number=FLOOR, value="20,000")

    found = page.context["found"]
    assert page.status_code == 200
    assert (found.asked, [change.reference for change in found.changes]) == (2, [below.reference])
    assert [(f.rule, f.effect) for f in found.changes[0].said_new] == [("WB-122", "warn")]
    text = page.content.decode()
    assert below.reference in text
    assert above.reference not in text
    assert load("west-berkshire").clause("WB-122") in text
    assert "£20,000.00 instead of £500.00" in text


def test_a_wider_exclusion_moves_requests_and_the_counts_say_how_many(house: House) -> None:
    therapies = {sent(house).reference for _ in range(3)}
    sent(house, category="supervised_contact")
    policy = load("west-berkshire")
    draft = draft_of_files(
        "west-berkshire", files_of(remit=("lines: [child_minding]", "lines: [child_minding, therapy]"))
    )

    found = rehearse(user=house.head, draft=draft, current=policy, at=timezone.now())

    counts = {c.code: (c.before, c.after) for c in found.remits}
    assert counts["in"] == (4, 1)
    assert counts["excluded"] == (0, 3)
    assert {c.reference for c in found.changes if c.moves} == therapies
    assert (found.stopped.before, found.stopped.after) == (0, 3)
    assert [(c.code, c.stage, c.difference) for c in found.rules] == [("WB-118", "block", 3)]
    assert any("WB-118" in sentence for sentence in found.says)


def test_where_a_draft_gives_no_verdict_the_page_says_what_it_would_have_to_know(house: House, as_user) -> None:
    sent(house, facts={})

    page = post(as_user(house.head), source="number", number=FLOOR, value="20000")

    assert page.context["found"].changes[0].after.remit == "unknown"
    assert "Is it needed for court or pre-proceedings?" in page.content.decode()


def test_a_shorter_distance_puts_requests_on_a_directors_desk(house: House) -> None:
    near = sent(house, category="residential_placement")
    far = sent(house, category="residential_placement")
    for request, miles in ((near, 3.0), (far, 12.0)):
        Application.objects.filter(pk=request.pk).update(facts={"placement": {"distance_miles": miles}})
    policy = load("west-berkshire")
    draft = with_number(policy, "parameter:far_from_home", 10)

    found = rehearse(user=house.head, draft=draft, current=policy, at=timezone.now())

    changed = next(c for c in found.changes if c.reference == far.reference)
    assert [desk.rule for desk in changed.desks_new] == ["WB-105"]
    assert near.reference not in {c.reference for c in found.changes}
    desk = next(c for c in found.desks if c.code == changed.desks_new[0].role)
    assert (desk.before, desk.after, desk.difference) == (0, 1, 1)


def test_the_policy_in_force_changes_nothing(house: House) -> None:
    sent(house)
    policy = load("west-berkshire")

    found = rehearse(user=house.head, draft=policy, current=policy, at=timezone.now())

    assert (found.is_same, found.changes, found.says, found.rules) == (True, (), (), ())


def test_only_requests_of_the_last_year_that_were_sent_are_replayed(house: House) -> None:
    inside = sent(house, days_ago=364)
    sent(house, days_ago=366)
    house.whole(house.new_child("C-9"))
    policy = load("west-berkshire")

    found = rehearse(user=house.head, draft=with_number(policy, FLOOR, 90_000_000), current=policy, at=timezone.now())

    assert (found.asked, [c.reference for c in found.changes]) == (1, [inside.reference])


def test_a_number_that_begins_later_counts_from_the_drafts_first_day(house: House) -> None:
    sent(house)
    policy = load("west-berkshire")
    later = timezone.localdate() + timedelta(days=90)
    payload = policy.payload()
    payload["council"]["from"] = later.isoformat()
    payload["parameters"]["resource_floor"]["values"].append({"value": 90_000_000, "from": later.isoformat()})
    draft = type(policy).from_payload(payload)

    found = rehearse(user=house.head, draft=draft, current=policy, at=timezone.now())

    assert len(found.changes) == 1


def test_a_policy_as_on_a_day_answers_the_same_on_every_day() -> None:
    policy = load("west-berkshire")
    payload = policy.payload()
    entry = next(e for e in payload["entries"] if e["id"] == "WB-122")
    entry["from"] = "2027-01-01"
    changing = type(policy).from_payload(payload)
    case = {"lines": [{"category": "therapy", "weekly": 100, "start": date(2026, 2, 1), "end": date(2026, 2, 10)}]}
    case["lines"][0]["court_related"] = False

    before, after = as_on(changing, date(2026, 12, 31)), as_on(changing, date(2027, 1, 1))

    for day in (date(2020, 1, 1), date(2030, 1, 1)):
        at = timezone.make_aware(timezone.datetime.combine(day, timezone.datetime.min.time()))
        assert "WB-122" not in {f.rule for f in assess(case, before, at).findings}
        assert "WB-122" in {f.rule for f in assess(case, after, at).findings}


# cost -----------------------------------------------------------------------------------------------
def test_the_number_of_queries_does_not_grow_with_the_requests(house: House) -> None:
    policy = load("west-berkshire")
    draft = with_number(policy, FLOOR, 90_000_000)
    sent(house)
    rehearse(user=house.head, draft=draft, current=policy, at=timezone.now())  # what a user holds is read once
    with CaptureQueriesContext(connection) as one:
        rehearse(user=house.head, draft=draft, current=policy, at=timezone.now())
    for _ in range(4):
        sent(house)
    with CaptureQueriesContext(connection) as five:
        found = rehearse(user=house.head, draft=draft, current=policy, at=timezone.now())

    assert len(found.changes) == 5
    assert len(five) == len(one) <= 10


# who, and nothing kept ------------------------------------------------------------------------------
def test_rehearsing_writes_nothing_and_adopts_nothing(house: House, as_user) -> None:
    sent(house)
    client = as_user(house.head)
    ours = ("people", "panels", "finance", "applications", "decisions")
    models = [model for app in ours for model in apps.get_app_config(app).get_models()]
    before = {model: model._default_manager.count() for model in models}

    client.get(URL)
    post(client, source="number", number=FLOOR, value="9000")
    post(client, source="zip", file=SimpleUploadedFile("d.zip", zipped(files_of())))

    assert {model: model._default_manager.count() for model in models} == before


def test_the_head_of_service_and_the_auditor_rehearse_and_nobody_else(house: House, as_user) -> None:
    for capacity in Capacity:
        user = person(house.council, f"any-{capacity}", capacity=capacity)
        allowed = capacity in {Capacity.HEAD_OF_SERVICE, Capacity.AUDITOR}
        assert as_user(user).get(URL).status_code == (200 if allowed else 403), capacity


def test_another_councils_requests_take_no_part(house: House) -> None:
    request = sent(house)
    policy = load("west-berkshire")
    Application.objects.filter(pk=request.pk).update(council=council("swindon"))

    assert rehearse(user=house.head, draft=policy, current=policy, at=timezone.now()).asked == 0


def test_no_childs_name_stands_on_the_page(house: House, as_user) -> None:
    request = sent(house)

    page = post(as_user(house.head), source="number", number=FLOOR, value="90000").content.decode()

    assert request.reference in page
    assert "Robin" not in page
    assert request.title not in page


# drafts ---------------------------------------------------------------------------------------------
def test_a_zipped_draft_is_rehearsed(house: House, as_user) -> None:
    request = sent(house)
    texts = files_of(remit=("value: 50000", "value: 9000000"))

    page = post(as_user(house.head), source="zip", file=SimpleUploadedFile("d.zip", zipped(texts)))

    assert page.status_code == 200, page.context["form"].errors
    assert [c.reference for c in page.context["found"].changes] == [request.reference]


def test_faults_of_a_draft_are_shown_with_file_and_line(house: House, as_user) -> None:
    texts = files_of(remit=("treatment: enforced", "treatment: enforcd"))
    line = next(n for n, text in enumerate(texts["remit.yaml"].splitlines(), 1) if "enforcd" in text)

    page = post(as_user(house.head), source="zip", file=SimpleUploadedFile("d.zip", zipped(texts)))

    text = page.content.decode()
    assert page.status_code == 422
    assert f"west-berkshire/remit.yaml, line {line}" in text
    assert "did you mean enforced?" in text


def test_a_draft_of_another_council_is_a_fault(house: House, as_user) -> None:
    page = post(as_user(house.head), source="zip", file=SimpleUploadedFile("d.zip", zipped(files_of("swindon"))))

    assert page.status_code == 422
    assert "the slug is not the name of the folder" in page.content.decode()


def test_the_draft_in_the_councils_draft_folder_is_offered_where_there_is_one(
    house: House, as_user, settings, tmp_path: Path
) -> None:
    settings.POLICY_ROOT = tmp_path
    client = as_user(house.head)
    sent(house)
    assert post(client, source="draft").status_code == 422
    (tmp_path / "west-berkshire").mkdir()
    assert post(client, source="files").status_code == 422  # an empty folder is no policy
    (tmp_path / "west-berkshire").rmdir()
    shutil.copytree(ROOT / "west-berkshire", tmp_path / "west-berkshire")
    shutil.copytree(ROOT / "west-berkshire", tmp_path / "west-berkshire-draft")
    remit = tmp_path / "west-berkshire-draft" / "remit.yaml"
    remit.write_text(remit.read_text().replace("value: 50000", "value: 9000000"))

    assert len(post(client, source="draft").context["found"].changes) == 1
    assert post(client, source="files").context["found"].is_same
    assert installed(tmp_path) == ["west-berkshire"]
    assert load("west-berkshire-draft", tmp_path).slug == "west-berkshire"
    remit.write_bytes(b"\xff\xfe")
    page = post(client, source="draft").content.decode()
    assert "west-berkshire-draft/remit.yaml, line 1" in page
    assert "not UTF-8" in page
    (remit.parent / "council.yaml").unlink()
    assert post(client, source="draft").status_code == 422


def test_every_number_of_every_council_can_be_tried() -> None:
    for slug in installed():
        policy = load(slug)
        numbers = numbers_of(policy, on=date(2026, 11, 23))
        assert numbers, slug
        assert len({n.code for n in numbers}) == len(numbers)
        for number in numbers:
            changed = with_number(policy, number.code, number.value + 1)
            assert changed != policy
            again = {n.code: n.value for n in numbers_of(changed, on=date(2026, 11, 23))}
            assert again == {n.code: n.value for n in numbers} | {number.code: number.value + 1}
        with pytest.raises(KeyError):
            with_number(policy, "due:ZZ-99:0:days_after", 3)


# bad input ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "source"),
        ({"source": "adopt"}, "source"),
        ({"source": "x" * 5000}, "source"),
        ({"source": "number", "value": "3"}, "number"),
        ({"source": "number", "number": "parameter:nothing", "value": "3"}, "number"),
        ({"source": "number", "number": "../../etc", "value": "3"}, "number"),
        ({"source": "number", "number": FLOOR}, "value"),
        ({"source": "number", "number": FLOOR, "value": "500"}, "value"),
        ({"source": "number", "number": FLOOR, "value": "-3"}, "value"),
        ({"source": "number", "number": FLOOR, "value": "1e9"}, "value"),
        ({"source": "number", "number": FLOOR, "value": "9" * 60}, "value"),
        ({"source": "number", "number": FLOOR, "value": "9" * 6000}, "value"),
        ({"source": "number", "number": FLOOR, "value": "\x00"}, "value"),
        ({"source": "number", "number": "parameter:submission_days", "value": "2.5"}, "value"),
        ({"source": "number", "number": "parameter:submission_days", "value": "٣"}, "value"),
        ({"source": "number", "number": "parameter:submission_days", "value": "100001"}, "value"),
        ({"source": "zip"}, "file"),
        ({"source": "zip", "file": "not a file"}, "file"),
    ],
)
def test_what_nobody_should_send_is_refused_beside_its_field(house: House, as_user, data, field) -> None:
    page = post(as_user(house.head), **data)

    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert "There is a problem" in page.content.decode()


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "cannot be read as a zip"),
        (b"PK\x03\x04 and nothing more", "cannot be read as a zip"),
        (b"%PDF-1.7", "cannot be read as a zip"),
        (zipped({"other.yaml": "a: 1"}), "no council.yaml"),
        (zipped({"council.yaml": BOMB}), "larger or nested deeper"),
        (zipped({"council.yaml": "[" * 50_000}), "larger or nested deeper"),
        (zipped({"council.yaml": "a", "Remit Rules.yaml": "a"}), "small letters"),
        (zipped({"council.yaml": b"\xff\xfe"}), "not UTF-8"),
        (zipped({"council.yaml": "a: " + "x" * 600_000}), "larger than 512 KB"),
        (zipped({"council.yaml": "a", **{f"f{n}.yaml": "a" for n in range(61)}}), "files"),
        (zipped({"council.yaml": "a", **{f"f{n}.yaml": "#" * 500_000 for n in range(5)}}), "larger than 2 MB"),
        (b"x" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
    ],
)
def test_a_hostile_zip_is_refused_with_the_reason(data: bytes, words: str) -> None:
    with pytest.raises(DraftFault, match=words):
        draft_files(data)


def test_a_number_no_policy_can_have_there_is_a_fault_and_never_a_crash(house: House, as_user) -> None:
    policy = load("west-berkshire")
    with pytest.raises(PolicyFaults, match="less than or equal"):
        with_number(policy, FLOOR, 10**12)

    page = post(as_user(house.head), source="number", number=FLOOR, value="99999999999999")

    assert page.status_code == 422


def test_what_stands_beside_the_folder_is_left_aside() -> None:
    texts = {"d/council.yaml": "a: 1", "d/readme.txt": "x", "../evil.yaml": "x", "__MACOSX/d/._council.yaml": "x"}

    assert draft_files(zipped(texts, folder="")) == {"council.yaml": "a: 1"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "3",
        "[]",
        "council: " + "9" * 5000,
        "a: !!python/object:os.system x",
        "? {a: b}\n: c",
        "\t",
        "council: *x",
    ],
)
def test_a_file_no_policy_can_be_made_of_is_a_fault_and_never_a_crash(text: str) -> None:
    with pytest.raises(PolicyFaults) as refusal:
        draft_of_files("west-berkshire", {"council.yaml": text})
    assert refusal.value.faults


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: \0", "rules.yaml:1: cannot be read as YAML: a character that no text holds; found U+0000"),
        ("\na: \x1b", "rules.yaml:2: cannot be read as YAML: a character that no text holds; found U+001B"),
        ("<<: {a: 1}", "rules.yaml:1: keys are not merged; write them out"),
        ("entries: !!python/object:x", "rules.yaml:1: a policy has no tags"),
        ("entries: [{id: [1]}]", "rules.yaml:1: id has a wrong value"),
        ("entries: [{id: {a: b}}]", "rules.yaml:1: id has a wrong value"),
        ("panels: [{slug: [x]}]", "rules.yaml:1: slug has a wrong value"),
    ],
)
def test_a_zipped_file_no_reader_can_hold_is_named_on_the_page(house: House, as_user, text: str, fault: str) -> None:
    data = zipped(files_of() | {"rules.yaml": text})

    page = post(as_user(house.head), source="zip", file=SimpleUploadedFile("d.zip", data))

    assert page.status_code == 422
    assert any(str(one).startswith(f"west-berkshire/{fault}") for one in page.context["faults"])


def test_a_hostile_zip_is_refused_on_the_page(house: House, as_user) -> None:
    for data in (zipped({"council.yaml": BOMB}), zipped({"council.yaml": "council: " + "9" * 5000}), b"PK"):
        page = post(as_user(house.head), source="zip", file=SimpleUploadedFile("d.zip", data))
        assert page.status_code == 422


def test_so_many_requests_are_replayed_at_most() -> None:
    assert MOST == 1000
