"""What is erased is gone everywhere, what is counted stays, and nothing brings it back."""

from dataclasses import replace
from pathlib import Path

import pytest

from caseline.actions import erase_personal, keep_mails
from caseline.actions.wiring import House, open_house
from caseline.crm.cards import Refused
from caseline.crm.port import NotOffered
from caseline.feedback import bad_addresses, opt_outs
from caseline.settings import load
from staging import erased_lines
from tests.factories import marked_person
from tests.factories.marked_person import ADDRESS, NOW, Marked

_FIGURES = {
    "ratings": "SELECT ask_id, question, day, value, at FROM feedback.rating ORDER BY 1, 2",
    "grades": "SELECT id, grade, mean, answered_at, sent_at FROM feedback.ask ORDER BY 1",
    "stage times": "SELECT record_id, stage, entered_at, left_at, elapsed_s, business_s FROM crm.stage_row ORDER BY 1, 3",
    "deadlines": "SELECT * FROM crm.deadline ORDER BY record_id",
    "requests": "SELECT id, kind, stage, category, created_at, closed_at, number FROM crm.record ORDER BY id",
    "messages": "SELECT id, record_id, kind, sent_at FROM crm.message ORDER BY id",
    "letters": "SELECT id, nature, queued_at FROM outbox.letter ORDER BY id",
    "signals": "SELECT ask_id, kind, value FROM feedback.signal ORDER BY id",
    "bonus": "SELECT contact_id, sum(amount) FROM feedback.bonus_line GROUP BY 1",
}


def test_nothing_of_an_erased_person_is_left_anywhere(house: House, marked: Marked) -> None:
    assert len(marked_person.where(house)) >= 35
    figures = {name: marked_person.ask(house, sql) for name, sql in _FIGURES.items()}
    foreseen = erase_personal.foresee(house, str(marked.contact))
    there = marked_person.where(house)

    erased = erase_personal.erase(house, ADDRESS, by="anna", now=NOW)

    assert marked_person.where(house) == {}
    assert there != {}, "a dry run changes nothing"
    assert dict(foreseen.counts) == dict(erased.counts)
    assert {name: marked_person.ask(house, sql) for name, sql in _FIGURES.items()} == figures
    assert erase_personal.foresee(house, str(marked.contact)).counts == {}


def test_a_later_export_of_the_source_brings_nothing_back(house: House, marked: Marked, tmp_path: Path) -> None:
    erase_personal.erase(house, str(marked.contact), by="anna", now=NOW)
    rows = "SELECT part_id, key, status, crm_id, crm_version FROM staging.row ORDER BY id"
    before = marked_person.ask(house, rows)

    marked_person.bring(house, marked_person.export(tmp_path / "later", later="again"))

    assert marked_person.ask(house, rows) == before
    there = marked_person.where(house)
    with house.engine.begin() as connection:
        erased_lines.sweep(connection, write=True)
    assert all(one.startswith("landing.") for one in there), "others' lines that name the person, landed once more"
    assert marked_person.where(house) == {}
    read = "SELECT sum(read) FROM staging.file WHERE run_id = (SELECT max(id) FROM staging.run)"
    assert marked_person.ask(house, read)[0][0] > 0


def test_rows_that_are_converted_once_more_are_none_of_an_erased_person(
    house: House, marked: Marked, tmp_path: Path
) -> None:
    erase_personal.erase(house, str(marked.contact), by="anna", now=NOW)
    rows = (
        "SELECT count(*), sum(r.attempts), sum(r.crm_version) FROM staging.row AS r WHERE crm_id IS NOT NULL AND {} EXISTS"
        " (SELECT FROM staging.erased AS e WHERE e.part_id = r.part_id AND e.digest = sha256(convert_to(r.key, 'UTF8')))"
    )
    others, gone = marked_person.ask(house, rows.format("NOT")), marked_person.ask(house, rows.format(""))
    assert gone[0][0] > 0

    marked_person.bring(house, marked_person.export(tmp_path / "once-more"), reconvert=True)

    assert marked_person.ask(house, rows.format("")) == gone
    assert marked_person.ask(house, rows.format("NOT"))[0][1] > others[0][1]
    assert not [one for one in marked_person.where(house) if not one.startswith("landing.")]


def test_mails_that_are_there_already_come_back_by_no_way(house: House, marked: Marked) -> None:
    erase_personal.erase(house, str(marked.contact), by="anna", now=NOW)
    counts = "SELECT count(*) FROM crm.record"
    before = marked_person.ask(house, counts)

    marked_person.arrive(house, marked_person.mail(1, ADDRESS))  # another folder has it, too
    marked_person.arrive(house, marked_person.mail(1, ADDRESS, received="from relay.example"))  # another copy of it
    marked_person.taken_in(house)

    assert marked_person.ask(house, counts) == before
    assert marked_person.where(house) == {}
    ((mail,),) = marked_person.ask(house, "SELECT min(id) FROM mail.mail WHERE automatic = 'erased'")
    with pytest.raises(Refused, match="taken away"):
        list(keep_mails.raw(house, mail))


def test_who_wanted_no_questions_is_not_asked_when_the_address_comes_back(house: House, marked: Marked) -> None:
    erase_personal.erase(house, str(marked.contact), by="anna", now=NOW)
    with house.engine.connect() as connection:
        assert opt_outs.holds(connection, address=ADDRESS.title(), contact_id=None)
        assert bad_addresses.unwanted(connection, ADDRESS)
        assert not opt_outs.holds(connection, address="another@marker.example", contact_id=None)


def test_nothing_that_waits_reaches_an_erased_person(house: House, marked: Marked) -> None:
    erase_personal.erase(house, str(marked.contact), by="anna", now=NOW)

    letters = "SELECT record_id = :r, state FROM outbox.letter ORDER BY id"
    assert marked_person.ask(house, letters, r=marked.request) == [(True, "cancelled"), (False, "queued")]
    told = "SELECT r.folded, r.state FROM outbox.recipient AS r JOIN outbox.letter AS l ON l.id = r.letter_id"
    others = marked_person.ask(house, f"{told} WHERE l.record_id = :r ORDER BY position", r=marked.other_request)
    assert others == [("—", "failed"), ("other@client.example", "waiting")]
    asks = dict(marked_person.ask(house, "SELECT public_id, state FROM feedback.ask"))
    assert asks == {"marked": "expired", "waiting": "cancelled", "rated": "answered"}
    assert marked_person.ask(house, "SELECT count(*) FROM mail.mail WHERE state = 'received'") == [(0,)]


def test_a_file_that_somebody_else_has_too_stays_with_him(house: House, marked: Marked) -> None:
    mine = "SELECT a.sha256 FROM crm.attachment AS a JOIN crm.message AS m ON m.id = a.message_id"
    ((digest,), *_) = marked_person.ask(
        house, f"{mine} WHERE m.sender_address = :a AND a.sha256 IS NOT NULL", a=ADDRESS
    )
    other = "SELECT min(id) FROM crm.message WHERE record_id = :r"
    shared = (
        f"INSERT INTO crm.attachment (message_id, name, content_type, size, sha256) VALUES (({other}), 'a', 'b', 1, :d)"
    )
    marked_person.ask(house, shared, r=marked.other_request, d=digest)

    erase_personal.erase(house, str(marked.contact), by="anna", now=NOW)

    assert set(marked_person.where(house)) == {"files.content"}
    assert marked_person.ask(house, "SELECT name FROM crm.attachment WHERE sha256 = :d", d=digest) == [("a",)]


def test_a_file_in_a_folder_goes_from_there_too(
    house: House, marked: Marked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASELINE_FILES_FOLDER", str(tmp_path / "files"))
    (tmp_path / "files").mkdir()
    with open_house(load()) as keeps:
        marked_person.arrive(keeps, marked_person.mail(30, ADDRESS))
        marked_person.taken_in(keeps)
        there = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
        assert [path.read_text() for path in there if "30" in path.read_text()]
        erase_personal.erase(keeps, str(marked.contact), by="anna", now=NOW)
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    assert marked_person.where(house) == {}


def test_where_records_belong_to_a_portal_nothing_is_erased_here(house: House, marked: Marked) -> None:
    mirrored = replace(house, settings=house.settings.model_copy(update={"crm": "bitrix24"}))
    before = marked_person.where(house)
    with pytest.raises(NotOffered, match="do it in the portal"):
        erase_personal.erase(mirrored, str(marked.contact), by="anna", now=NOW)
    assert marked_person.where(house) == before
