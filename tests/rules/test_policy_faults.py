"""A policy that cannot be used is refused with every fault at once, each with its file and line."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from panels.policy import Fault, PolicyFaults, load
from tests.rules.small_policy import entry, policy_of, write

PARAMETERS = """
parameters:
  floor: {unit: pence, values: [{value: 50000}]}
"""


def faults(root: Path, entries: str, more: str = PARAMETERS) -> tuple[Fault, ...]:
    with pytest.raises(PolicyFaults) as caught:
        policy_of(root, entries, more)
    return caught.value.faults


def one(root: Path, body: str) -> Fault:
    found = faults(root, entry("TS-02", body))
    assert len(found) == 1, found
    return found[0]


def test_an_unknown_key_names_the_nearest_one(tmp_path: Path) -> None:
    fault = one(tmp_path, "readng: As we see it.")
    assert (fault.file, fault.problem, fault.found, fault.nearest) == (
        "testshire/rules.yaml",
        "unknown key",
        "readng",
        "reading",
    )
    assert "clause" in fault.allowed


def test_a_fault_stands_on_the_line_of_its_file(tmp_path: Path) -> None:
    fault = one(tmp_path, "findings:\n  - when: complete\n    effect: blok\n    stage: submit")
    text = (tmp_path / "testshire" / "rules.yaml").read_text(encoding="utf-8").splitlines()
    assert "effect: blok" in text[fault.line - 1]
    assert fault.nearest == "block"


def test_an_unknown_fact_in_a_condition_is_refused(tmp_path: Path) -> None:
    fault = one(tmp_path, "findings: [{when: child.statuss == 'none', effect: warn, stage: submit}]")
    assert (fault.problem, fault.found) == ("condition: unknown name", "child.statuss")
    assert fault.nearest == "child.status"
    assert "child.legal_basis" in fault.allowed


@pytest.mark.parametrize(
    "condition",
    [
        "child.status > 3",
        "request.total",
        "placement.distance_miles > param.floor",
        "submitted_at > panel_day",
        "complete &&",
        "complete and child.age > 3 or area ##",
    ],
)
def test_a_condition_that_does_not_type_check_is_refused(tmp_path: Path, condition: str) -> None:
    fault = one(tmp_path, f"findings: [{{when: '{condition}', effect: warn, stage: submit}}]")
    assert fault.problem.startswith("condition:")


def test_a_parameter_that_is_not_there_is_refused_in_a_formula_and_in_a_condition(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        entry(
            "TS-02",
            """
            deadlines: [{timer: T-01, due: {of: [panel_starts_at], working_days_before: dayz}}]
            findings: [{when: request.total > param.flor, effect: warn, stage: submit}]
            """,
        ),
    )
    assert [(f.problem, f.found, f.nearest) for f in found] == [
        ("unknown parameter", "dayz", ""),
        ("condition: unknown name", "param.flor", "param.floor"),
    ]


def test_a_parameter_like_no_other_is_told_with_those_there_are(tmp_path: Path) -> None:
    fault = one(tmp_path, "findings: [{when: request.total > param.nope, effect: warn, stage: submit}]")
    assert (fault.found, fault.allowed, fault.nearest) == ("param.nope", "param.floor", "param.floor")


def test_each_unknown_name_of_a_condition_is_told(tmp_path: Path) -> None:
    condition = 'child.agee > 3 && area == 3 && child.legl_basis == "none"'
    found = faults(tmp_path, entry("TS-02", f"findings: [{{when: '{condition}', effect: warn, stage: submit}}]"))
    assert [(f.found, f.nearest) for f in found if f.problem == "condition: unknown name"] == [
        ("child.agee", "child.age"),
        ("child.legl_basis", "child.legal_basis"),
    ]
    assert any("no matching overload" in f.problem for f in found)


def test_facts_of_a_line_need_lines(tmp_path: Path) -> None:
    fault = one(tmp_path, "findings: [{when: line.low_level, effect: warn, stage: submit}]")
    assert fault.problem.startswith("facts of a line need the key 'lines'")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("remit: [{lines: [holidays], verdict: excluded}]", "unknown category or group"),
        ("remit: [{lines: [holiday], verdict: other_panel, to: nowhere}]", "unknown panel"),
        ("approvals: [{role: headmaster, stage: after_panel}]", "unknown role"),
        ("findings: [{when: missed.t_99, effect: warn, stage: submit}]", "condition:"),
        ("deadlines: [{timer: T-01, due: {of: [child.status], same_day: true}}]", "no day or instant"),
        (
            "deadlines: [{timer: T-01, due: {of: [panel_starts_at], same_day: true}, next_after: child.status}]",
            "no day or instant",
        ),
        ("defaults: {child.status: true}", "no yes-or-no fact"),
        ("panels: [three]", "unknown panel"),
        ("checklist: {part_of: TS-99}", "unknown rule"),
    ],
)
def test_a_name_that_does_not_exist_is_refused(tmp_path: Path, body: str, problem: str) -> None:
    assert one(tmp_path, body).problem.startswith(problem)


@pytest.mark.parametrize(
    "body",
    [
        "remit: [{lines: [holiday], verdict: other_panel}]",
        "remit: [{lines: [holiday], verdict: in, to: marp}]",
        "deadlines: [{timer: T-01, due: {of: [panel_starts_at]}}]",
        "deadlines: [{timer: T-01, due: {of: [panel_starts_at], days_after: 1, hours_after: 2}}]",
        "from: 2026-05-01\nuntil: 2026-04-30",
        "from: 2026-02-30",
    ],
)
def test_keys_that_contradict_each_other_are_refused(tmp_path: Path, body: str) -> None:
    assert one(tmp_path, body)


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    found = faults(tmp_path, entry("TS-02", "colour: red") + entry("TS-03", "from: someday") + entry("TS-04", "x: 1"))
    assert len(found) == 3
    assert [f.line for f in found] == sorted(f.line for f in found)


EACH_KIND = """
parametrs: {days: {unit: days, values: [{value: 5}]}}
parameters:
  floor: {unit: pence, values: [{value: 50000}]}
  Floor: {unit: pence, values: [{value: 50000}]}
groups: {one: [two], two: [one]}
facts: {sector: {kind: wrd, choices: [public], label: Sector}}
"""
EACH_ENTRY = """
- id: TS-02
  clause: {document: termz, section: '2'}
  claus: {document: terms, section: '2'}
  topic: x
  topic: y
  means: It says so.
  treatment: enforcd
  reading: [1]
  remit: [{lines: [therpy], verdict: in}]
  findings:
    - {when: child.agee > 3 && param.days > 2, effect: blok, stage: submit}
    - {when: child.age > "three", effect: warn, stage: submit}
    - {when: missed.t_02, effect: warn, stage: submit}
    - {when: line.low_level, effect: warn, stage: submit}
  checklist: {part_of: TS-90}
  approvals: [{role: team_manger, stage: after_panel}]
  deadlines: [{timer: T-01, due: {of: [panel_start_at], days_after: dayz}}]
  defaults: {complet: true}
  panels: [onne]
- id: TS-02
  clause: {document: terms}
  topic: x
  means: It says so.
  treatment: !mine shown
  seen: once
"""


def test_one_fault_of_each_kind_is_named_in_one_run_with_the_nearest_word(tmp_path: Path) -> None:
    found = faults(tmp_path, EACH_ENTRY, EACH_KIND)

    assert {(f.problem, f.found, f.nearest) for f in found} == {
        ("unknown section", "parametrs", "parameters"),
        ("the name has a wrong value", "Floor", ""),
        ("a group cannot contain itself", "one", ""),
        ("a group cannot contain itself", "two", ""),
        ("kind has a wrong value", "'wrd'", "word"),
        ("unknown document", "termz", "terms"),
        ("unknown key", "claus", "clause"),
        ("a key is written twice", "topic", ""),
        ("treatment has a wrong value", "'enforcd'", "enforced"),
        ("reading has a wrong value", "[1]", ""),
        ("unknown category or group", "therpy", "therapy"),
        ("condition: unknown name", "child.agee", "child.age"),
        ("effect has a wrong value", "'blok'", "block"),
        (
            "condition: column 11: found no matching overload for '_>_' applied to '(int, string)'",
            'child.age > "three"',
            "",
        ),
        ("condition: unknown name", "missed.t_02", "missed.t_01"),
        ("facts of a line need the key 'lines' beside the condition", "line.low_level", ""),
        ("unknown rule", "TS-90", "TS-02"),
        ("unknown role", "team_manger", "team_manager"),
        ("no day or instant of that name", "panel_start_at", "panel_starts_at"),
        ("unknown parameter", "dayz", "days"),
        ("no yes-or-no fact of that name", "complet", "complete"),
        ("unknown panel", "onne", "one"),
        ("id is used twice", "TS-02", ""),
        ("the key section is missing", "", ""),
        ("a policy has no tags", "!mine", ""),
        ("seen has a wrong value", "'once'", ""),
    }
    assert all(f.line > 1 for f in found)


def test_what_a_file_that_is_no_yaml_may_declare_is_not_called_unknown(tmp_path: Path) -> None:
    write(tmp_path, entry("TS-02", "findings: [{when: child.agee > param.nope, effect: warn, stage: submit}]"))
    (tmp_path / "testshire" / "more.yaml").write_text("parameters: [unclosed", encoding="utf-8")

    with pytest.raises(PolicyFaults) as caught:
        load("testshire", tmp_path)

    assert [(f.file, f.found) for f in caught.value.faults] == [
        ("testshire/more.yaml", ""),
        ("testshire/rules.yaml", "child.agee"),
    ]


@pytest.mark.parametrize(
    ("body", "problem", "found", "allowed"),
    [
        ("remit: [{lines: [], verdict: in}]", "lines has a wrong value", "[]", "a list of at least 1"),
        ("remit: [{lines: [3], verdict: in}]", "lines has a wrong value", "3", "text; put it"),
        ("remit: {lines: [therapy], verdict: in}", "remit has a wrong value", "{'lines':", "a list"),
        ("checklist: [a]", "checklist has a wrong value", "['a']", "a mapping of keys to values"),
        ("seen: ['']", "seen has a wrong value", "''", "some text"),
        ("reading: 7", "reading has a wrong value", "7", "text; put it in quotes"),
        ("from: 2026-02-30", "from has a wrong value", "'2026-02-30'", "a day that exists, such as 2026-01-31"),
        ("panels: [One]", "panels has a wrong value", "'One'", "a name of small letters, digits and hyphens"),
        ("checklist: {part_of: ts1}", "part_of has a wrong value", "'ts1'", "capitals, a hyphen and two to four"),
        ("defaults: {complete: perhaps}", "complete has a wrong value", "'perhaps'", "true or false"),
        (
            "deadlines: [{timer: T-01, due: {of: [panel_day], days_after: 1.5}}]",
            "days_after has a wrong value",
            "1.5",
            "a whole number or a name",
        ),
        (
            "deadlines: [{timer: T-01, due: {of: [panel_day], same_day: true, at: '9'}}]",
            "at has a wrong value",
            "'9'",
            "a time of day in quotes",
        ),
        (
            "quorum: {clauses: [{code: two, roles: [chair], count: 0}]}",
            "count has a wrong value",
            "0",
            "1 or more",
        ),
        ("remit: [{lines: [therapy], verdict: in, to: marp}]", "remit: the key 'to' is read only with", "", ""),
    ],
)
def test_a_wrong_value_is_told_once_and_in_plain_words(
    tmp_path: Path, body: str, problem: str, found: str, allowed: str
) -> None:
    fault = one(tmp_path, body)

    assert fault.problem.startswith(problem)
    assert fault.found.startswith(found)
    assert fault.allowed.startswith(allowed)


WORDS = [
    ('child.status == "lookd_after"', "child.status", "lookd_after", "looked_after"),
    ('"looked_aftr" != child.status', "child.status", "looked_aftr", "looked_after"),
    ('"care_plans" in documents', "documents", "care_plans", "care_plan"),
    ('["care_plan", "suport_plan"].all(d, d in documents)', "documents", "suport_plan", "support_plan"),
    ('care_reasons.exists(r, r in ["remand", "late_night"])', "care_reasons", "late_night", "late_nights"),
    ('request.categories.exists(c, c == "therpy")', "request.categories", "therpy", "therapy"),
    ('child.legal_basis in ["remand", "section_21"]', "child.legal_basis", "section_21", "section_20"),
    ('evidence["TS-O2"] == "met"', "evidence", "TS-O2", "TS-02"),
    ('"TS-02" in evidence && evidence["TS-02"] == "meet"', "evidence", "meet", "met"),
    ('["TS-02"].exists(c, c in evidence && evidence[c] != "unmet")', "evidence", "unmet", "met"),
    ('own.sector == "privat"', "own.sector", "privat", "private"),
    ('request.panel == "won"', "request.panel", "won", "two"),
    ('"team_manger" in signed', "signed", "team_manger", "team_manager"),
    ('room.exists(r, r in ["parents"])', "room", "parents", "parent"),
    ('emergency.agreed_by == "head_of_servce"', "emergency.agreed_by", "head_of_servce", "head_of_service"),
    ('area == "north"', "area", "north", ""),
    ('decision.outcome == "agree"', "decision.outcome", "agree", "agreed"),
]
SECTOR = "facts: {sector: {kind: word, choices: [public, private], label: Sector}}"


@pytest.mark.parametrize(("condition", "fact", "word", "nearest"), WORDS)
def test_a_word_a_fact_never_has_is_refused(tmp_path: Path, condition: str, fact: str, word: str, nearest: str) -> None:
    body = f"checklist: {{}}\nfindings: [{{when: '{condition}', effect: warn, stage: submit}}]"
    found = faults(tmp_path, entry("TS-02", body), SECTOR)

    assert [(f.problem, f.found, f.nearest) for f in found] == [(f"condition: no word of {fact}", word, nearest)]


@pytest.mark.parametrize(
    "condition",
    [
        'decision.outcome != "none" && emergency.agreed_by == "none"',
        '"carer" in room || "team_manager_representative" in room || "head_of_service" in room',
        'area.startsWith("north") || child.status + "x" == "any"',
        'own.sector == "private" && evidence["TS-02"] != "not_applicable"',
        'panel_starts_at.getDayOfWeek("Europe/London") != 1',
    ],
)
def test_a_word_a_fact_can_have_is_no_fault(tmp_path: Path, condition: str) -> None:
    body = f"checklist: {{}}\nfindings: [{{when: '{condition}', effect: warn, stage: submit}}]"
    assert policy_of(tmp_path, entry("TS-02", body), SECTOR)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("{unit: pence, values: [{value: 99999999999999999999999}]}", "allowed: 999999999999 or less"),
        ("{unit: pence, values: [{value: -1}]}", "0 or more"),
        ("{unit: miles, values: [{value: .inf}]}", "a whole number or a number"),
        ("{unit: miles, values: [{value: .nan}]}", "a whole number or a number"),
        ("{unit: days, values: [{value: many}]}", "a whole number or a number"),
        ("{unit: days, values: [{value: true}]}", "a whole number or a number"),
        ("{unit: days, values: [{value: 1.5}]}", "days are whole numbers, found 1.5"),
        ("{unit: days, values: [{value: 100001}]}", "days are at most 100000, found 100001"),
        ("{unit: months, values: [{value: 1201}]}", "months are at most 1200, found 1201"),
    ],
)
def test_a_number_beyond_all_measure_is_refused(tmp_path: Path, number: str, said: str) -> None:
    found = faults(tmp_path, "", f"parameters: {{limit: {number}}}")
    assert len(found) == 1
    assert said in str(found[0])


@pytest.mark.parametrize(
    "body",
    [
        "deadlines: [{timer: T-01, due: {of: [panel_day], days_after: 100001}}]",
        "deadlines: [{timer: T-01, due: {of: [panel_day], days_before: -1}}]",
        "deadlines: [{timer: T-01, due: {of: [panel_day], months_after: 1201}}]",
        "bands: [{requires: tender, over: 1000000000000}]",
    ],
)
def test_a_number_of_an_entry_has_bounds_too(tmp_path: Path, body: str) -> None:
    assert " or less" in one(tmp_path, body).allowed or "0 or more" in one(tmp_path, body).allowed


def test_a_list_whose_one_item_is_wrong_is_not_called_short(tmp_path: Path) -> None:
    fault = one(tmp_path, "remit: [{lines: [Therapy Sessions], verdict: in}]")
    assert fault.found == "'Therapy Sessions'"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("code: terms", "code: Terms", "'Terms'"),
        ("documents: [{code: terms, title: Terms of reference}]", "documents: terms", "'terms'"),
        ("code: head_of_service", "code: Head", "'Head'"),
        ("roles: [{code: head_of_service, title: Head of Service}]", "roles: [head_of_service]", "'head_of_service'"),
    ],
)
def test_a_code_that_cannot_be_one_is_told_once_and_not_wherever_it_is_used(
    tmp_path: Path, old: str, new: str, found: str
) -> None:
    write(tmp_path, entry("TS-02", "approvals: [{role: officer, stage: after_panel}]") if "head" in old else "")
    file = tmp_path / "testshire" / "council.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(PolicyFaults) as caught:
        load("testshire", tmp_path)

    assert [(f.file, f.found) for f in caught.value.faults] == [("testshire/council.yaml", found)]


def test_groups_of_groups_unfold_to_each_category_once(tmp_path: Path) -> None:
    nested = "".join(f"\n  g{n}: [{', '.join([f'g{n - 1}'] * 10)}]" for n in range(1, 40))
    chain = "".join(f"\n  c{n}: [c{n - 1}]" for n in range(1, 2000))
    policy = policy_of(tmp_path, "", f"groups:\n  g0: [therapy, holiday]{nested}\n  c0: [g0, therapy]{chain}\n")

    assert policy.group("g39") == policy.group("c1999") == ("therapy", "holiday")


def test_parts_without_a_name_in_two_files_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path, "")
    for name in ("more.yaml", "other.yaml"):
        (tmp_path / "testshire" / name).write_text("entries: [3]", encoding="utf-8")

    with pytest.raises(PolicyFaults) as caught:
        load("testshire", tmp_path)

    assert [(f.file, f.problem) for f in caught.value.faults] == [
        ("testshire/more.yaml", "entries has a wrong value"),
        ("testshire/other.yaml", "entries has a wrong value"),
    ]


def test_a_missing_clause_is_refused(tmp_path: Path) -> None:
    found = faults(tmp_path, "- {id: TS-02, topic: x, means: y, treatment: shown}")
    assert [f.problem for f in found] == ["the key clause is missing"]


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    found = faults(tmp_path, entry("TS-02", "seen: [a]") + entry("TS-02", "seen: [b]"))
    assert [(f.problem, f.found) for f in found] == [("id is used twice", "TS-02")]


def test_a_key_written_twice_is_refused(tmp_path: Path) -> None:
    found = faults(tmp_path, entry("TS-02", "reading: once\nreading: twice"))
    assert [(f.problem, f.found) for f in found] == [("a key is written twice", "reading")]


def test_a_key_written_twice_hides_nothing_else_of_its_file(tmp_path: Path) -> None:
    twice = entry("TS-02", "reading: once\nreading: twice")
    found = faults(tmp_path, twice + entry("TS-03", "colour: red\nseen: [a]\nseen: [b]"))

    assert [(f.problem, f.found) for f in found] == [
        ("a key is written twice", "reading"),
        ("unknown key", "colour"),
        ("a key is written twice", "seen"),
    ]


def test_a_group_inside_itself_is_refused(tmp_path: Path) -> None:
    found = faults(tmp_path, "", "groups: {a: [b], b: [a]}")
    assert {f.problem for f in found} == {"a group cannot contain itself"}


UNREADABLE = [
    ("a: \0", 1, "cannot be read as YAML: a character that no text holds", "U+0000"),
    ("a: b\nc: \x1b[31m", 2, "cannot be read as YAML: a character that no text holds", "U+001B"),
    ("\n<<: {entries: []}", 2, "keys are not merged; write them out", "<<"),
    ("\nentries: !!python/object:x", 2, "a policy has no tags", "!!python/object:x"),
    ("entries: !mine []", 1, "a policy has no tags", "!mine"),
    ("!mine entries: []", 1, "a policy has no tags", "!mine"),
    ("parameters: {limit: !!int nought}", 1, "a value that cannot be read", "nought"),
    ("parameters: {limit: !!bool nought}", 1, "a value that cannot be read", "nought"),
    (f"parameters: {{limit: {'9' * 5000}}}", 1, "a value that cannot be read", "9" * 57 + "..."),
    ("\n? [a, b]\n: c", 2, "a key is a word", "a list or a mapping"),
    ("groups: &all {a: [therapy], b: *all}", 1, "a part holds itself", "*all"),
    ("---\na: b\n---\nc: d", 3, "cannot be read as YAML: but found another document", ""),
    ("a: *nobody", 1, "cannot be read as YAML: found undefined alias 'nobody'", ""),
    ("entries: [[[unclosed", 1, "cannot be read as YAML: expected ',' or ']', but got '<stream end>'", ""),
    ("[" * 500, 1, "is nested too deeply", ""),
    ("\n!mine {a: b}", 2, "a policy has no tags", "!mine"),
]


@pytest.mark.parametrize(("text", "line", "problem", "found"), UNREADABLE)
def test_what_no_reader_can_hold_is_a_fault_with_its_file_and_line(
    tmp_path: Path, text: str, line: int, problem: str, found: str
) -> None:
    write(tmp_path, "")
    (tmp_path / "testshire" / "more.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(PolicyFaults) as caught:
        load("testshire", tmp_path)

    assert [(f.file, f.line, f.problem, f.found) for f in caught.value.faults] == [
        ("testshire/more.yaml", line, problem, found)
    ]


@pytest.mark.parametrize("text", [text for text, *_ in UNREADABLE])
def test_check_policy_names_what_no_reader_can_hold(tmp_path: Path, text: str) -> None:
    write(tmp_path, "")
    (tmp_path / "testshire" / "more.yaml").write_text(text, encoding="utf-8")
    errors = StringIO()

    with pytest.raises(CommandError, match="1 fault found"):
        call_command("check_policy", str(tmp_path / "testshire"), stderr=errors)

    assert errors.getvalue().startswith("testshire/more.yaml:")


def test_what_is_not_utf_8_or_no_file_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, "")
    (tmp_path / "testshire" / "more.yaml").write_bytes(b"a: \xff")
    (tmp_path / "testshire" / "other.yaml").mkdir()

    with pytest.raises(PolicyFaults) as caught:
        load("testshire", tmp_path)

    assert [(f.file, f.problem) for f in caught.value.faults] == [
        ("testshire/more.yaml", "is not UTF-8 text"),
        ("testshire/other.yaml", "cannot be read: Is a directory"),
    ]


def test_aliases_of_aliases_are_refused_before_they_fill_the_memory(tmp_path: Path) -> None:
    write(tmp_path, "")
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    (tmp_path / "testshire" / "more.yaml").write_text("\n".join(lines), encoding="utf-8")

    with pytest.raises(PolicyFaults, match=r"more\.yaml:1: holds more than 200000 parts"):
        load("testshire", tmp_path)


@pytest.mark.parametrize("value", ["[1]", "{a: b}", "7", "true", "2026-01-01", "~"])
@pytest.mark.parametrize(("section", "key"), [("entries", "id"), ("panels", "slug")])
def test_an_id_that_is_no_text_is_a_fault_with_its_line(tmp_path: Path, section: str, key: str, value: str) -> None:
    write(tmp_path, "")
    (tmp_path / "testshire" / "more.yaml").write_text(f"{section}:\n  - {key}: {value}\n", encoding="utf-8")

    with pytest.raises(PolicyFaults) as caught:
        load("testshire", tmp_path)

    own = [f for f in caught.value.faults if f.problem.startswith(key)]
    assert [(f.file, f.line) for f in own] == [("testshire/more.yaml", 2)]


def test_a_file_that_is_no_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, "")
    (tmp_path / "testshire" / "more.yaml").write_text("entries:\n  - [unclosed\n", encoding="utf-8")
    with pytest.raises(PolicyFaults) as caught:
        load("testshire", tmp_path)
    assert caught.value.faults[0].file == "testshire/more.yaml"


def test_a_council_without_a_folder_is_no_policy(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        load("nowhere", tmp_path)
