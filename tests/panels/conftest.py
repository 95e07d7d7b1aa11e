"""A small policy, written here, and councils that adopted it."""

from __future__ import annotations

import pytest

from panels.models import Panel
from panels.policy import load
from panels.services import adopt

COUNCIL = """
council:
  slug: {slug}
  name: {name}
  version: {version}
  from: 2020-01-01
  documents:
    - {{code: terms, title: Terms of reference}}
  record_system: {{name: Case system}}
  roles:
    - {{code: head_of_service, title: Head of Service, personal: true}}
    - {{code: service_manager, title: Service Manager}}
    - {{code: team_manager, title: Team Manager}}
    - {{code: panel_administrator, title: Panel Administrator}}
    - {{code: social_worker, title: Social worker}}
"""
PANELS = """
panels:
  - slug: resources
    name: Resources Panel
    short_name: Panel
    rule: EX-01
    seats:
      - {{role: head_of_service, title: Head of Service, chairs: chair}}
      - {{role: service_manager, title: Service Manager, chairs: vice_chair}}
    schedule: {schedule}
    outcomes:
      - {{code: agreed, label: Agreed, effect: agree}}
    notices:
      - {{code: change, title: Change of a meeting, to: [members], occasion: meeting_change, timer: T-02, rule: EX-02}}
    offices: {{cover: {cover}}}
"""
ENTRIES = """
parameters:
  notice_hours:
    unit: hours
    rule: EX-02
    values: [{value: 24}]
entries:
  - id: EX-01
    clause: {document: terms, section: Section 1}
    topic: remit
    means: The panel weighs what a child needs.
    treatment: shown
  - id: EX-02
    clause: {document: terms, section: Section 2}
    topic: meetings
    means: Members hear of a change a day before.
    reading: A day is twenty-four elapsed hours.
    treatment: computed
    deadlines:
      - timer: T-02
        title: Members told of the change
        when: meeting_change.given
        due: {of: [meeting_change.old_start, meeting_change.new_start], pick: earliest, hours_before: notice_hours}
        met_by: meeting_change.told_at
"""
EVERY_WEEK = "{every: days, days: 7, weekday: thursday, starts: '09:30', length: 180, rule: EX-02}"
TWICE_A_MONTH = "{every: month, meetings: 2, weekday: thursday, length: 120, at_most: true, rule: EX-02}"


@pytest.fixture
def write_policy(tmp_path, settings):
    """Write the folder of one council and load it."""
    settings.POLICY_ROOT = tmp_path / "policies"

    def written(slug="exampleshire", *, schedule=EVERY_WEEK, cover="equal_or_higher", version=1, entries=ENTRIES):
        folder = settings.POLICY_ROOT / slug
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "council.yaml").write_text(COUNCIL.format(slug=slug, name=slug.title(), version=version))
        (folder / "panels.yaml").write_text(PANELS.format(schedule=schedule, cover=cover))
        (folder / "entries.yaml").write_text(entries)
        return load(slug, settings.POLICY_ROOT)

    return written


@pytest.fixture
def policy(write_policy, council, now):
    """The council's adopted policy."""
    made = write_policy()
    adopt(policy=made, by=None, at=now)
    return made


@pytest.fixture
def panel(policy, council):
    """The council's one panel."""
    return Panel.objects.get(council=council)
