"""An export holds all that is there of a person, and nothing of others' requests but the person's own words."""

import io
import json
import zipfile
from typing import Any

import pytest

from caseline.actions import erase_personal, export_personal
from caseline.actions.wiring import House
from caseline.crm.refusals import Told
from caseline.privacy.fates import RULES
from tests.factories import marked_person
from tests.factories.marked_person import ADDRESS, NAME, NOW, OTHER, Marked


def _exported(house: House, whom: str) -> zipfile.ZipFile:
    into = io.BytesIO()
    export_personal.export(house, whom, into, by="anna", now=NOW)
    return zipfile.ZipFile(into)


def _rows(packed: zipfile.ZipFile, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(packed.read(f"data/{table}.json"))
    return found


def test_an_export_holds_every_kind_with_the_words_of_the_person(house: House, marked: Marked) -> None:
    there = marked_person.where(house)
    packed = _exported(house, str(marked.contact))

    given = {rule.table for rule in RULES if rule.given} & set(there)
    assert {f"data/{table}.json" for table in given} <= set(packed.namelist())
    for table in given - {"crm.attachment", "people.audit", "feedback.moved"}:
        assert marked_person.MARK in packed.read(f"data/{table}.json").decode().lower(), table
    assert {row["id"] for row in _rows(packed, "crm.contact")} == {marked.contact, marked.merged}
    assert len(_rows(packed, "source lines")) > 3
    mails = [name for name in packed.namelist() if name.startswith("mails/")]
    assert len(mails) == 2, "one that was taken in, one that waits"
    assert all(b"Zyzzyva cannot work" in packed.read(name) for name in mails)
    files = [packed.read(name) for name in packed.namelist() if name.startswith("files/")]
    assert b"zyzzyva file 1" in files
    assert any(name.startswith("letters/") for name in packed.namelist())
    assert json.loads(packed.read("about.json"))[0]["addresses"] == ["zyzzyva.old@marker.example", ADDRESS]
    done = "SELECT login, subject, data FROM people.audit WHERE action = 'personal_exported'"
    ((login, subject, data),) = marked_person.ask(house, done)
    assert (login, subject, set(data)) == ("anna", f"({marked.contact})", {"rows"})


def test_others_are_not_handed_out(house: House, marked: Marked) -> None:
    packed = _exported(house, ADDRESS.upper())
    texts = b"".join(packed.read(name) for name in packed.namelist()).decode(errors="replace")
    assert marked.other_request not in {row["id"] for row in _rows(packed, "crm.record")}
    assert OTHER not in texts
    assert marked_person.ask(house, "SELECT count(*) FROM crm.contact WHERE name = :n", n=NAME) == [(1,)]


def test_what_was_erased_is_handed_out_as_empty(house: House, marked: Marked) -> None:
    erase_personal.erase(house, str(marked.contact), by="anna", now=NOW)
    packed = _exported(house, str(marked.contact))
    assert all(marked_person.MARK not in packed.read(name).decode(errors="replace") for name in packed.namelist())


@pytest.mark.parametrize(
    ("whom", "why"),
    [("0", "no such contact"), ("9" * 30, "no such contact"), ("somebody", "no such contact"), ("@", "no such")],
)
def test_nobody_is_taken_for_somebody(house: House, marked: Marked, whom: str, why: str) -> None:
    for act in (_exported, erase_personal.foresee):
        with pytest.raises(Told, match=why):
            act(house, whom)
    assert marked.contact > 0


def test_an_address_of_several_or_of_the_house_names_nobody(house: House, marked: Marked) -> None:
    marked_person.ask(house, "INSERT INTO crm.contact (name, email) VALUES ('Пример', :a)", a=ADDRESS.upper())
    with pytest.raises(Told, match=f"several contacts have this address .{marked.contact}, "):
        erase_personal.foresee(house, ADDRESS)
    shared = erase_personal.foresee(house, str(marked.contact))
    assert shared.whom.shared == {ADDRESS}
    marked_person.ask(house, "INSERT INTO people.person (name, email) VALUES ('Пример', 'we@example.org')")
    with pytest.raises(Told, match="who works here"):
        erase_personal.foresee(house, "We@example.org")
