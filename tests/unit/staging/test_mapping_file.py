"""Mapping files: what is wrong with one is said with file, line and key; what is right means what it says."""

from pathlib import Path

import pytest

from staging import mapping_file
from staging.mapping import Mapping
from staging.mapping_file import MappingFault

GOOD = """\
version: 1
source: desk
title: Help desk
stages:
  - { code: open, label: Open }
parts:
  person:
    files: people.csv
    key: Login
    fields:
      name: Name
  company:
    files: companies.csv
    key: Id
    fields:
      name: Name
      parent: { column: Parent, to: company }
  request:
    files: [cases.csv]
    key: { column: Number, fold: true }
    fields:
      subject: { column: Subject, max: 100 }
      stage:
        column: State
        values: { Opened: open }
      created_at: Opened
      company: { column: Company, to: company }
    extra:
      Price: { column: Price, type: money }
    skip:
      - { column: Spam, is: "yes", reason: spam }
"""


def parsed(text: str = GOOD) -> Mapping:
    return mapping_file.parse(text, "desk.yaml")


def faults(text: str) -> list[str]:
    with pytest.raises(MappingFault) as caught:
        parsed(text)
    return str(caught.value).splitlines()


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


# ------------------------------------------------------------------------------------------------------------ faults


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        # --- the document
        ("", "1: document", "valid dictionary"),
        ("- 1\n- 2\n", "1: document", "valid dictionary"),
        (changed("version: 1\n", ""), "1: version", "required"),
        (changed("version: 1", "version: 2"), "1: version", "'1'"),
        (changed("source: desk", "source: Our desk"), "2: source", "match"),
        (changed("title: Help desk", "titel: Help desk"), "3: titel", "no such word here; there are: dates, "),
        (changed("title: Help desk", "title: Help desk\nformat: xlsx"), "4: format", "'csv' or 'jsonl'"),
        (
            changed("title: Help desk", "title: Help desk\nencodings: [utf-8, klingon]"),
            "4: encodings",
            "'klingon' cannot be read",
        ),
        (changed("title: Help desk", "title: Help desk\nzone: Moscow"), "4: zone", "Europe/Moscow"),
        (changed("title: Help desk", "title: Help desk\ndates: [DD.MM.YY]"), "4: dates.0", "not understood"),
        (changed("title: Help desk", 'title: Help desk\ndelimiter: ";;"'), "4: delimiter", "at most 1"),
        (changed("title: Help desk", 'title: Help desk\ndelimiter: "§"'), "4: delimiter", "ASCII"),
        (changed("title: Help desk", "title: Help desk\ndelimiter: '\"'"), "4: delimiter", "neither a quote"),
        (changed("title: Help desk", 'title: Help desk\ndecimal: "·"'), "4: decimal", "'.' or ','"),
        # --- parts
        (changed("  person:", "  ghost:"), "7: parts.ghost.entity", "no entity: use one of person"),
        (changed("    key: Login\n", ""), "7: parts.person.key", "required"),
        (changed("key: Login", "key: { column: [] }"), "9: parts.person.key.column", "at least 1"),
        (
            changed("key: Login", "key: { column: Login, ids: short }"),
            "9: parts.person.key.ids",
            "'plain' or 'salesforce'",
        ),
        (
            changed("    fields:\n      name: Name\n  company", "    fields: {}\n  company"),
            "10: parts.person.fields",
            "name is missing",
        ),
        (changed("reason: spam", "empty: true, reason: spam"), "31: parts.request.skip.0", "exactly one of: is, empty"),
        # --- fields
        (changed("max: 100", "max: 0"), "22: parts.request.fields.subject.max", "greater than or equal to 1"),
        (changed("max: 100", "too_long: shorten"), "22: parts.request.fields.subject.too_long", "'fail' or 'cut'"),
        (changed("max: 100", "typo: 100"), "22: parts.request.fields.subject.typo", "there are: column, "),
        (changed("max: 100", "type: text"), "21: parts.request.fields", "type of the register"),
        (
            changed("column: Subject, max: 100", "max: 100"),
            "22: parts.request.fields.subject",
            "exactly one of: column, value, here",
        ),
        (changed("max: 100", "value: Untitled"), "22: parts.request.fields.subject", "exactly one of"),
        (changed("max: 100", "value: x, here: true"), "22: parts.request.fields.subject", "exactly one of"),
        (changed("subject:", "theme:"), "22: parts.request.fields.theme", "no core field of request"),
        (changed("subject:", "theme:"), "21: parts.request.fields", "subject is missing"),
        (changed("type: money", "type: gold"), "29: parts.request.extra.Price.type", "'money'"),
        (changed("type: money", "to: company"), "29: parts.request.extra.Price", "no reference"),
        (
            changed("type: money", "type: multi_list, values: { a: b }"),
            "29: parts.request.extra.Price",
            "remove `values`",
        ),
        # --- value maps
        (
            changed("{ Opened: open }", "{ Opened: opened }"),
            "23: parts.request.fields.stage",
            "'opened' is no stage: use one of open",
        ),
        (changed("        values: { Opened: open }\n", ""), "23: parts.request.fields.stage", "needs a value map"),
        (
            changed("{ Opened: open }", "{ Opened: open }\n        unmapped: keep"),
            "23: parts.request.fields.stage",
            "not possible",
        ),
        (
            changed("{ Opened: open }", "{ Opened: open }\n        default: later"),
            "23: parts.request.fields.stage",
            "'later' is no stage",
        ),
        # --- references
        (
            changed("{ column: Company, to: company }", "Company"),
            "27: parts.request.fields.company",
            "say `to: <part>`",
        ),
        (changed("max: 100", "to: company"), "22: parts.request.fields.subject", "no reference: remove `to`"),
        (
            changed("{ column: Company, to: company }", "{ column: Company, to: firm }"),
            "27: parts.request.fields.company",
            "'firm' is not defined",
        ),
        (
            changed("{ column: Company, to: company }", "{ column: Company, to: person }"),
            "27: parts.request.fields.company",
            "points at a company",
        ),
        (
            changed("{ column: Company, to: company }", "{ to: company, here: true }"),
            "27: parts.request.fields.company",
            "inline part",
        ),
        (
            changed("{ column: Company, to: company }", "{ here: true }"),
            "27: parts.request.fields.company",
            "`here` needs `to`",
        ),
    ],
)
def test_fault_names_file_line_and_key(text: str, place: str, says: str) -> None:
    (fault, *_) = [line for line in faults(text) if line.startswith(f"desk.yaml:{place}: ")] or faults(text)

    assert fault.startswith(f"desk.yaml:{place}: ")
    assert says in fault


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("version: 1\nsource: [a\ntitle: b", 3, "not YAML"),
        ("version: 1\nsource: a\n\ttitle: b", 3, "not YAML"),
        ("version: 1\nsource: *nobody", 2, "not YAML"),
        ("version: 1\nsource: a\0b", 2, "remove the character"),
        (GOOD + "title: again\n", 32, "key 'title' stands twice"),
        (changed("{ Opened: open }", "{ Opened: open, Opened: open }"), 25, "key 'Opened' stands twice"),
    ],
)
def test_what_is_not_yaml_is_said_with_its_line(text: str, line: int, says: str) -> None:
    (fault,) = faults(text)

    assert fault.startswith(f"desk.yaml:{line}: ")
    assert says in fault


def test_all_faults_are_said_at_once() -> None:
    text = changed("max: 100", "max: none").replace("key: Login", "key: { ids: no }").replace("title:", "titel:")

    assert [fault.split(": ")[1] for fault in faults(text)] == [
        "title",
        "parts.person.key.column",
        "parts.person.key.ids",
        "parts.request.fields.subject.max",
        "titel",
    ]


@pytest.mark.parametrize("name", ["nothing.yaml", "salesforce2", "../salesforce"])
def test_mapping_that_is_not_there_is_said_with_those_that_are(tmp_path: Path, name: str) -> None:
    with pytest.raises(MappingFault) as caught:
        mapping_file.load(str(tmp_path / name) if name.endswith(".yaml") else name)

    assert name in str(caught.value)
    assert "salesforce" in str(caught.value) or "cannot be read" in str(caught.value)


def test_mapping_that_is_not_utf8_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes("title: Журнал".encode("cp1251"))

    with pytest.raises(MappingFault, match="UTF-8"):
        mapping_file.load(str(tmp_path / "x.yaml"))


# ------------------------------------------------------------------------------------------------------ what it means


@pytest.mark.parametrize("name", mapping_file.shipped())
def test_shipped_mappings_are_sound(name: str) -> None:
    assert mapping_file.load(name).source


def test_short_forms_mean_the_long_ones() -> None:
    long = changed("key: Login", "key: { column: [Login] }").replace("files: people.csv", "files: [people.csv]")

    assert parsed(long) == parsed()
    assert parsed().parts["person"].fields["name"].column == ["Name"]


def test_words_that_yaml_takes_for_something_else_stay_words() -> None:
    text = changed("{ Opened: open }", "{ yes: open, no: open, 007: open, null: open, 1.0: open, 2024-01-01: open }")

    assert set(parsed(text).parts["request"].fields["stage"].values or {}) == {
        "yes",
        "no",
        "007",
        "null",
        "1.0",
        "2024-01-01",
    }


def test_parts_come_in_the_order_of_references_however_they_are_written() -> None:
    lines = GOOD.splitlines(keepends=True)
    person, company, request = lines[6:11], lines[11:17], lines[17:]

    assert list(parsed("".join([*lines[:6], *request, *company, *person])).parts) == ["person", "company", "request"]


def test_fingerprint_does_not_see_layout_and_comments() -> None:
    assert mapping_file.fingerprint(parsed("# said before\n" + GOOD)) == mapping_file.fingerprint(parsed())
    assert mapping_file.fingerprint(parsed(changed("max: 100", "max: 99"))) != mapping_file.fingerprint(parsed())


def test_mapping_survives_its_way_through_the_database() -> None:
    stored = parsed().model_dump(mode="json", by_alias=True)

    assert Mapping.model_validate(stored) == parsed()


def test_mapping_extends_another(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(
        "extends: salesforce\ntitle: Ours\nparts: { request: { fields: { subject: Theme__c } } }\n"
    )

    ours, base = mapping_file.load(str(tmp_path / "ours.yaml")), mapping_file.load("salesforce")

    assert (ours.title, ours.source) == ("Ours", base.source)
    assert ours.parts["request"].fields["number"] == base.parts["request"].fields["number"]
    assert ours.parts["request"].fields["subject"].column[-1] == "Theme__c"


def test_neighbours_are_the_parts_of_the_same_files() -> None:
    text = GOOD.replace("files: people.csv", "files: [cases.csv]")

    assert parsed(text).neighbours(("request",)) == ("request", "person")
    assert parsed(text).neighbours(()) == ()
    assert parsed(text).neighbours(("company",)) == ("company",)
