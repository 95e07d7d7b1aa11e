"""Several versions in one folder: each case is answered under the version of its day."""

from __future__ import annotations

import json
import shutil
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from panels.policy import load, loading, on_day, versions
from tests.factories.applications import INVENTED

SLUG = "southmere"


@pytest.fixture
def root(tmp_path):
    """A council whose second version holds from 2026-06-01."""
    now = shutil.copytree(INVENTED / SLUG, tmp_path / SLUG)
    shutil.copytree(INVENTED / SLUG, now / "earlier" / "1")
    text = (now / "council.yaml").read_text()
    first_day = load(SLUG, INVENTED).starts_on.isoformat()
    changed = text.replace("version: 1", "version: 2").replace(f"from: {first_day}", "from: 2026-06-01")
    (now / "council.yaml").write_text(changed)
    return tmp_path


def test_the_newest_is_loaded_and_all_of_them_are_known(root):
    assert str(load(SLUG, root).version) == f"{SLUG}@2"
    assert [policy.version for policy in versions(SLUG, root)] == [f"{SLUG}@1", f"{SLUG}@2"]
    assert loading.installed(root) == [SLUG]


@pytest.mark.parametrize(
    ("day", "number"),
    [(date(1950, 1, 1), 1), (date(2026, 5, 31), 1), (date(2026, 6, 1), 2), (date(2030, 1, 1), 2)],
)
def test_on_a_day_the_version_holds_that_took_effect_last(root, day, number):
    assert on_day(versions(SLUG, root), day).version == f"{SLUG}@{number}"


def test_the_command_answers_under_the_version_of_the_day_in_london(root, tmp_path, monkeypatch):
    monkeypatch.setattr(loading, "ROOT", root)
    moments = ["2026-05-31T22:59:59Z", "2026-05-31T23:00:00Z", None]  # midnight in London, and no moment at all
    cases = [{"council": SLUG} | ({"as_at": moment} if moment else {}) for moment in moments]
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    out = StringIO()

    call_command("assess", str(tmp_path / "cases.json"), stdout=out)

    assert [result["policy"] for result in json.loads(out.getvalue())] == [f"{SLUG}@{n}" for n in (1, 2, 2)]


def test_a_fault_of_an_earlier_version_is_a_fault(root):
    (root / SLUG / "earlier" / "1" / "council.yaml").write_text("council: 7\n")

    with pytest.raises(loading.PolicyFaults, match=r"1/council\.yaml"):
        versions(SLUG, root)
