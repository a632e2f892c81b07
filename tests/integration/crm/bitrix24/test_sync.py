"""What people do in a portal comes into the register once, and what the house counts goes back without an echo."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from caseline.actions import sync_portal, watch_deadlines, wiring
from caseline.crm.bitrix24 import book, following, mirrored, pushing, reading, sync_book, updates, written
from caseline.crm.bitrix24.answers import Refused
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.faults import PortalRefused
from caseline.crm.bitrix24.items import Names
from caseline.crm.bitrix24.values import Item
from caseline.crm.cards import Alarm, Deed
from caseline.crm.port import Definitions
from caseline.portal_sandbox.faults import AFTER, BEFORE, INSIDE
from keywords.entries import Entry
from tests.factories import portals
from tests.factories.cards import moscow
from tests.factories.in_step import InStep, in_step, request
from tests.factories.pages import dictionary
from tests.factories.portals import nod
from tests.factories.timing import HOUR

SOON_OVER = tuple(name for name in (*BEFORE, *AFTER, *INSIDE) if not name.startswith("timeout"))
"""Faults that nobody has to wait for."""


@pytest.fixture
def step(database_url: str, tmp_path: Path) -> Iterator[InStep]:
    with in_step(database_url, tmp_path) as found:
        yield found


def test_a_new_lead_becomes_a_request_under_its_id_with_deadline_stage_row_and_event(step: InStep) -> None:
    step.category("short")
    step.sync()
    step.clock.set("2026-06-08 11:00")
    number = step.add(title="Printer", ufCrmClDescription="It burns", stageId="NEW", sourceId="CALL")

    step.sync(minutes=1)

    card = step.card(number)
    assert (card.subject, card.description, card.stage.code, card.source) == ("Printer", "It burns", "new", None)
    assert (card.created_at, card.number) == (moscow("2026-06-08 11:00"), str(number))
    assert [(row.stage, row.entered_at, row.left_at) for row in step.rows(number)] == [
        ("new", moscow("2026-06-08 11:00"), None)
    ]
    assert step.events(number) == [("request", "created", False)]


def test_a_category_that_is_set_in_the_portal_gives_a_deadline_that_is_written_there(step: InStep) -> None:
    step.category("short", 24)
    step.imported(["r0"], category="short")  # the list item of the category comes with it
    (word,) = step.query("SELECT word FROM portal.choice WHERE value = 'short'")[0]
    step.sync()
    number = step.add(title="Printer")
    step.sync(minutes=1)
    assert step.card(number).deadline is None
    step.clock.set("2026-06-08 12:00")

    step.change(number, ufCrmClCategory=word)
    step.sync(minutes=1)

    card = step.card(number)
    assert (card.category, card.category_by) == ("short", "person")
    assert card.deadline is not None
    assert card.deadline.clock_started_at == moscow("2026-06-08 12:00")
    assert (
        step.lead(number)["UF_CRM_CL_DEADLINE"]
        == card.deadline.due_at.astimezone(moscow("2026-06-08 12:00").tzinfo).isoformat()
    )


def test_stages_come_with_the_times_of_the_portal_several_at_once_too(step: InStep) -> None:
    step.sync()
    number = step.add(title="Printer")
    for when, stage in (("10:30", "IN_PROCESS"), ("12:00", "PROCESSED"), ("13:00", "NEW"), ("15:00", "CONVERTED")):
        step.clock.set(f"2026-06-08 {when}")
        step.change(number, stageId=stage)

    step.sync(minutes=60)

    rows = step.rows(number)
    assert [(row.stage, row.entered_at, row.business_s) for row in rows] == [
        ("new", moscow("2026-06-08 10:00"), HOUR // 2),
        ("in_process", moscow("2026-06-08 10:30"), 90 * 60),
        ("processed", moscow("2026-06-08 12:00"), HOUR),
        ("new", moscow("2026-06-08 13:00"), 2 * HOUR),
        ("done", moscow("2026-06-08 15:00"), None),
    ]
    assert step.card(number).closed_at == moscow("2026-06-08 15:00")
    lead = step.lead(number)
    assert lead["UF_CRM_CL_DURATIONS"] == "New 2:30; In progress 1:30; Processed 1:00"
    assert lead["UF_CRM_CL_BUSINESS_S"] == str(5 * HOUR)


def test_stages_of_a_known_request_move_in_order_and_once(step: InStep) -> None:
    (number,) = step.imported(["r1"])
    step.sync(minutes=1)
    before = len(step.events(number))
    for when, stage in (("11:00", "IN_PROCESS"), ("12:00", "PROCESSED"), ("12:30", "IN_PROCESS")):
        step.clock.set(f"2026-06-08 {when}")
        step.change(number, stageId=stage)

    for _ in range(3):
        step.sync(minutes=1)

    assert [row.entered_at for row in step.rows(number)][1:] == [
        moscow(f"2026-06-08 {at}") for at in ("11:00", "12:00", "12:30")
    ]
    assert step.events(number)[before:] == [("request", "stage_changed", False)] * 3


def test_a_hundred_changes_give_a_hundred_events_and_then_silence(step: InStep) -> None:
    step.category("short")
    numbers = step.imported([f"r{n}" for n in range(100)], category="short")
    for _ in range(3):
        step.sync(minutes=1)
    before = len(step.events())
    written = step.judge.calls()["crm.item.update"]
    assert written == 100  # a deadline each

    for number in numbers:
        step.change(number, title=f"Changed {number}")
    found = [step.sync(minutes=1) for _ in range(2)]
    for number in numbers:  # the outgoing webhook tells late of everything, ours and theirs
        sync_portal.note(step.house, "request", number, now=step.clock.now)
    found += [step.sync(minutes=1) for _ in range(4)]

    assert step.events()[before:] == [("request", "changed", False)] * 100
    assert [one.followed.changed for one in found] == [100, 0, 0, 0, 0, 0]
    assert sum(one.pushed.written for one in found) == 0
    assert found[2].followed.same == 100
    assert found[-1].followed.read == 0


def test_our_own_writes_are_no_changes(step: InStep) -> None:
    step.category("short")
    step.sync()
    numbers = [step.add(title=f"Lead {n}") for n in range(20)]
    step.sync(minutes=1)
    for number in numbers:
        with step.house.engine.begin() as connection:
            wiring.intake(step.house).categorise(connection, step.card(number), "short", Deed(at=step.clock.now))
    before = len(step.events())

    found = [step.sync(minutes=1) for _ in range(5)]

    assert len(step.events()) == before
    assert [one.pushed.written for one in found] == [20, 0, 0, 0, 0]
    assert {step.card(number).version for number in numbers} == {2}


def test_a_change_raises_the_version_so_that_a_later_import_meets_an_edit(step: InStep) -> None:
    (number,) = step.imported(["r1"])
    step.sync(minutes=1)
    step.change(number, title="By somebody")
    step.sync(minutes=1)

    again = {**request(1, "r1", subject="By the file"), "is_new": False, "crm_id": number, "version": 1}
    (outcome,) = step.house.crm.write("request", "shop", [again])

    assert (outcome.code, step.card(number).subject) == ("EDITED_SINCE", "By somebody")
    assert step.card(number).version == 2
    assert step.query("SELECT data -> 'fields' FROM crm.event WHERE type = 'changed'") == [(["subject"],)]


def test_what_an_import_that_was_cut_off_has_written_is_no_edit_when_it_goes_on(
    step: InStep, monkeypatch: pytest.MonkeyPatch
) -> None:
    (number,) = step.imported(["r1"])
    step.sync(minutes=1)
    newer = {**request(1, "r1", subject="By the file"), "is_new": False, "crm_id": number, "version": 1}
    with monkeypatch.context() as patch:
        patch.setattr(book, "settle", lambda *_words: (_ for _ in ()).throw(Killed()))
        with suppress(Killed):
            step.house.crm.write("request", "shop", [newer])
    step.sync(minutes=1)
    assert (step.card(number).subject, step.card(number).version) == ("By the file", 2)

    (outcome,) = step.house.crm.write("request", "shop", [newer])

    assert (outcome.code, outcome.text, outcome.crm_id) == ("", "", number)


def test_what_changes_on_records_of_a_running_import_is_imported_and_silent(step: InStep) -> None:
    (number,) = step.imported(["r1"])
    step.sync(minutes=1)
    step.query(
        "INSERT INTO staging.run (source, mapping, options, started_at) VALUES ('shop', '{}', '{}', :at)",
        at=step.clock.now,
    )
    step.change(number, title="Meanwhile")

    first = step.sync(minutes=1)
    second = step.sync(minutes=10)

    assert (first.followed.later, first.followed.changed, second.followed.changed) == (1, 0, 1)
    assert step.events(number)[-1] == ("request", "changed", True)
    assert step.card(number).subject == "Meanwhile"


def test_a_deleted_lead_is_kept_with_its_clock_ended_and_told_once(step: InStep) -> None:
    step.category("short")
    (number,) = step.imported(["r1"], category="short")
    step.sync(minutes=1)
    step.delete(number)
    sync_portal.note(step.house, "request", number, now=step.clock.now)

    step.sync(minutes=1)
    sync_portal.note(step.house, "request", number, now=step.clock.now)
    step.sync(minutes=1)

    card, then = step.card(number), step.clock.now - timedelta(minutes=1)
    assert (card.closed_at, card.deadline and card.deadline.stopped_at) == (then, then)
    assert [what for _entity, what, _imported in step.events(number)].count("deleted") == 1


def test_reading_everything_finds_deletions_that_nobody_told_of(step: InStep) -> None:
    numbers = step.imported(["r1", "r2"])
    step.sync(minutes=1)
    step.delete(numbers[0])

    assert step.sync(minutes=1).followed.deleted == 0
    assert step.sync(minutes=1, everything=True).followed.deleted == 1


def test_contacts_and_companies_come_before_the_leads_that_refer_to_them(step: InStep) -> None:
    step.sync()
    company = step.add("company", title="Firm")
    contact = step.add(
        "contact",
        name="Anna",
        lastName="Berg",
        companyId=company,
        fm=[{"typeId": "EMAIL", "valueType": "WORK", "value": "a@b.example"}],
    )
    lead = step.add(title="Printer", companyId=company, contactId=contact)

    step.sync(minutes=1)

    assert (step.card(lead).company, step.card(lead).contact) == ("Firm", "Anna Berg")
    assert step.query("SELECT email, company_id FROM crm.contact") == [("a@b.example", company)]

    step.change(contact, "contact", lastName="Stein")
    step.sync(minutes=1)
    assert step.query("SELECT name, version FROM crm.contact") == [("Anna Stein", 2)]
    assert step.events(contact)[-1] == ("contact", "changed", False)


def test_stages_and_sources_of_the_portals_own_become_those_of_the_house(step: InStep) -> None:
    step.sync()
    step.call("crm.status.add", fields={"ENTITY_ID": "STATUS", "STATUS_ID": "LAWYER", "NAME": "At the lawyer's"})
    number = step.add(title="Printer", stageId="LAWYER", sourceId="TRADE_SHOW")

    step.sync(minutes=1)

    card = step.card(number)
    assert (card.stage.code, card.stage.label, card.stage.closed, card.channel) == (
        "lawyer",
        "At the lawyer's",
        False,
        "trade_show",
    )
    closed = dict(step.query("SELECT code, closed FROM crm.stage WHERE code IN ('junk', 'done')"))
    assert closed == {"junk": True, "done": True}


def test_a_portal_without_any_import_can_be_followed_from_its_beginning(database_url: str, tmp_path: Path) -> None:
    with in_step(database_url, tmp_path, bound=False) as step:
        old = step.add(title="Old", stageId="JUNK")
        step.clock.set("2026-06-09 10:00")
        step.sync(everything=True)

        card = step.card(old)
        assert (card.stage.code, card.stage.closed, card.closed_at) == ("junk", True, moscow("2026-06-08 10:00"))
        assert step.sync(minutes=5).failed == []


def test_the_first_sync_leaves_the_past_of_the_portal_alone(step: InStep) -> None:
    """Others have worked there for years before the register began to mirror it."""
    old = [step.add(title=f"Old {n}") for n in range(3)]
    for number in old:
        step.change(number, stageId="IN_PROCESS")
    step.clock.now += timedelta(days=1)
    step.query("UPDATE portal.bond SET since = :at", at=step.clock.now)
    (ours,) = step.imported(["r1"])
    step.change(ours, stageId="IN_PROCESS")

    found = [step.sync(minutes=1) for _ in range(2)]

    assert step.query("SELECT id FROM crm.record") == [(ours,)]
    assert step.query("SELECT * FROM portal.step") == []
    assert [one.followed.created for one in found] == [0, 0]
    assert step.card(ours).stage.code == "in_process"

    step.change(old[0], stageId="PROCESSED")
    assert step.sync(minutes=1).followed.created == 1
    assert [row.stage for row in step.rows(old[0])] == ["new", "in_process", "processed"]


def test_nothing_is_written_while_a_workflow_waits_for_changes_unless_that_is_allowed(
    database_url: str, tmp_path: Path
) -> None:
    """A deadline that we write is a change like any other: it would start what writes to the client."""
    with in_step(database_url, tmp_path, robot="change") as step:
        step.category("short")
        (number,) = step.imported(["r1"], category="short")

        found = step.sync(minutes=1)

        assert (found.pushed.written, len(found.failed), step.judge.letters()) == (0, 1, [])
        assert "'Letter to the client' on every change" in found.failed[0]
        assert "--allow-automation" in found.failed[0]

        wiring.portal(step.house).packing.guard.allowed = True
        assert step.sync(minutes=1).pushed.written == 1
        assert step.lead(number)["UF_CRM_CL_DEADLINE"]
        assert len(step.judge.letters()) == 1


def test_leads_that_the_portal_refuses_stand_in_nobodys_way(step: InStep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "AT_ONCE", 2)
    monkeypatch.setattr(pushing, "MOST", 4)
    whole = updates.repeated

    def refused(portal: Portal, calls: Mapping[str, Call]) -> dict[str, Refused]:
        taken = {key: call for key, call in calls.items() if int(key.removeprefix("lead")) > 4}
        whole(portal, taken)
        return {key: Refused("ACCESS_DENIED", "Not yours") for key in calls if key not in taken}

    numbers = step.imported([f"r{n}" for n in range(6)])
    step.category("short")
    for number in numbers:
        with step.house.engine.begin() as connection:
            wiring.intake(step.house).categorise(connection, step.card(number), "short", Deed(at=step.clock.now))
    monkeypatch.setattr(updates, "repeated", refused)

    found = [step.sync(minutes=1).pushed for _ in range(3)]

    assert [(one.written, len(one.failed)) for one in found] == [(0, 4), (2, 0), (0, 4)]


def test_a_lead_that_cannot_be_read_costs_itself_only(step: InStep, monkeypatch: pytest.MonkeyPatch) -> None:
    step.sync()
    numbers = [step.add(title=f"Lead {n}") for n in range(5)]
    whole = reading.items

    def items(portal: Portal, entity: str, ids: Sequence[int], names: Names) -> dict[int, Item]:
        if numbers[2] in ids and entity == "request":
            raise PortalRefused("INTERNAL", "Something is broken")
        return whole(portal, entity, ids, names)

    monkeypatch.setattr(reading, "items", items)
    found = step.sync(minutes=1)

    assert (found.followed.created, found.waiting) == (4, 1)
    (failed,) = found.followed.failed
    assert (failed[1], "Something is broken" in failed[2]) == (numbers[2], True)
    monkeypatch.setattr(reading, "items", whole)
    assert step.sync(minutes=1).followed.created == 1


@pytest.mark.parametrize(("unreadable", "alone"), [(21, 30), (30, 21)])
def test_many_leads_that_cannot_be_read_stop_neither_the_others_nor_the_writing(
    step: InStep, monkeypatch: pytest.MonkeyPatch, unreadable: int, alone: int
) -> None:
    step.sync()
    numbers = [step.add(title=f"Lead {n}") for n in range(30)]
    whole = reading.items
    asked: list[int] = []

    def items(portal: Portal, entity: str, ids: Sequence[int], names: Names) -> dict[int, Item]:
        asked.append(len(ids))
        if entity == "request" and set(numbers[:unreadable]) & set(ids):
            raise PortalRefused("INTERNAL", "Something is broken")
        return whole(portal, entity, ids, names)

    monkeypatch.setattr(reading, "items", items)
    found = step.sync(minutes=1)

    assert (found.followed.created, found.waiting, len(found.failed)) == (30 - unreadable, unreadable, unreadable)
    assert found.pushed.same == 30 - unreadable
    assert asked.count(1) <= alone


def test_companies_that_cannot_be_read_make_no_lead_hopeless(step: InStep, monkeypatch: pytest.MonkeyPatch) -> None:
    """The webhook may not read companies, and one lead is broken."""
    step.sync()
    companies = {step.add("company", title=f"Firm {n}") for n in range(25)}
    numbers = [step.add(title=f"Lead {n}") for n in range(10)]
    whole = reading.items

    def items(portal: Portal, entity: str, ids: Sequence[int], names: Names) -> dict[int, Item]:
        if entity == "company" or (entity == "request" and numbers[4] in ids):
            raise PortalRefused("ACCESS_DENIED", "Not yours")
        return whole(portal, entity, ids, names)

    monkeypatch.setattr(reading, "items", items)
    found = step.sync(minutes=1)

    assert found.followed.created == len(numbers) - 1
    assert {(entity, number) for entity, number, _text in found.followed.failed} == {
        *(("company", number) for number in companies),
        ("request", numbers[4]),
    }


def test_a_company_that_cannot_be_read_is_tried_once_in_a_sync(step: InStep, monkeypatch: pytest.MonkeyPatch) -> None:
    step.sync()
    company = step.add("company", title="Firm")
    numbers = [step.add(title=f"Lead {n}", companyId=company) for n in range(3)]
    step.query("DELETE FROM portal.notice")
    monkeypatch.setattr(following, "AT_ONCE", 1)
    whole = reading.items
    asked: list[int] = []

    def items(portal: Portal, entity: str, ids: Sequence[int], names: Names) -> dict[int, Item]:
        if entity == "company":
            asked.extend(ids)
            raise PortalRefused("INTERNAL", "Something is broken")
        return whole(portal, entity, ids, names)

    monkeypatch.setattr(reading, "items", items)
    found = step.sync(minutes=1)

    assert (asked, found.followed.created) == ([company], len(numbers))
    assert [(entity, number) for entity, number, _text in found.followed.failed] == [("company", company)]


def test_what_a_sync_has_taken_over_is_no_difference_between_both_sides(step: InStep) -> None:
    """The register goes on with the dates of a record; the portal keeps what the old system told of them."""
    (number,) = step.imported(["r1"])
    step.sync(minutes=1)
    step.change(number, title="Changed there", stageId="CONVERTED")
    step.sync(minutes=1)

    found = wiring.portal(step.house).comparing.of("request", ["shop"])

    assert [one for _looked, differences in found for one in differences] == []


def test_what_a_sync_has_met_before_its_import_was_known_is_imported_all_the_same(step: InStep) -> None:
    """An older state of the database was restored: the portal has records of which it has never heard."""
    (number,) = step.imported(["r1"])
    step.sync(minutes=1)
    step.query("DELETE FROM portal.written")
    step.query("DELETE FROM crm.stage_row")
    step.query("DELETE FROM crm.record")
    step.change(number, description="Meanwhile")
    assert step.sync(minutes=1).followed.created == 1
    step.house = replace(step.house, crm=portals.crm(step.house.engine, step.portal.webhook))

    assert step.imported(["r1"]) == [number]

    assert step.query("SELECT id, source, origin, subject FROM crm.record") == [(number, "shop", "r1", "Subject r1")]
    assert step.judge.number("lead") == 1


def forgotten(step: InStep, **fields: str) -> int:
    """A lead that an import has brought, of which the database knows only what a sync has met."""
    (number,) = step.imported(["r1"], **fields)
    step.sync(minutes=1)
    step.query("DELETE FROM portal.written")
    step.query("DELETE FROM crm.stage_row")
    step.query("DELETE FROM crm.record")
    step.query("DELETE FROM crm.event")
    assert step.sync(minutes=1, everything=True).followed.created == 1
    step.house = replace(step.house, crm=portals.crm(step.house.engine, step.portal.webhook))
    return number


@pytest.mark.parametrize("fields", [{"title": "By somebody"}, {"stageId": "CONVERTED"}], ids=["field", "stage"])
def test_what_a_sync_has_seen_edited_before_its_import_was_known_is_not_written_over(
    step: InStep, fields: Mapping[str, str]
) -> None:
    number = forgotten(step)
    step.change(number, **fields)
    assert step.sync(minutes=1).followed.changed == 1
    before = step.lead(number)
    again = [request(1, "r1", subject="By the file")]

    kept = [step.house.crm.write("request", "shop", again)[0].code for _attempt in range(2)]

    assert (kept, step.lead(number)) == (["EDITED_SINCE"] * 2, before)
    (over,) = step.house.crm.write("request", "shop", again, overwrite=True)
    assert (over.code, over.crm_id) == ("", number)
    assert (step.card(number).subject, step.lead(number)["TITLE"]) == ("By the file", "By the file")


def test_what_a_sync_completes_by_itself_is_no_edit(step: InStep) -> None:
    """Making a closed lead takes several steps, and each raises its version."""
    number = forgotten(step, stage="done")
    assert step.card(number).version > 1

    assert step.imported(["r1"], stage="done") == [number]


@pytest.mark.parametrize("fields", [{"title": "By somebody"}, {"stageId": "CONVERTED"}], ids=["field", "stage"])
def test_what_a_sync_has_seen_edited_is_not_written_over_by_an_attempt_that_knows_no_answer(
    step: InStep, fields: Mapping[str, str]
) -> None:
    """The import died between the register and its own row: it brings the record as a new one again."""
    (number,) = step.imported(["r1"])
    step.sync(minutes=1)
    step.change(number, **fields)
    before = step.lead(number)
    assert step.sync(minutes=1).followed.changed == 1

    kept = [step.house.crm.write("request", "shop", [request(1, "r1")])[0].code for _attempt in range(2)]

    assert (kept, step.lead(number)["TITLE"]) == (["EDITED_SINCE"] * 2, before["TITLE"])
    assert step.lead(number)["STATUS_ID"] == before["STATUS_ID"]
    (over,) = step.house.crm.write("request", "shop", [request(1, "r1")], overwrite=True)
    assert (over.code, step.lead(number)["TITLE"], step.lead(number)["STATUS_ID"]) == ("", "Subject r1", "NEW")


def test_an_attempt_that_knows_no_answer_meets_no_edit_where_only_imports_have_written(step: InStep) -> None:
    """Not in a delta, and not where a sync has read first what the attempt had written."""
    (number,) = step.imported(["r1"])
    step.sync(minutes=1)
    delta = {**request(1, "r1", subject="Second"), "is_new": False, "crm_id": number, "version": 1}
    assert step.house.crm.write("request", "shop", [delta])[0].code == ""
    assert step.imported(["r1"], subject="Third") == [number]
    step.change(number, title="Fourth")
    assert step.sync(minutes=1).followed.changed == 1

    assert step.imported(["r1"], subject="Fourth") == [number]


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (sync_book, "settle"),
        (sync_book, "put_cursor"),
        (sync_book, "drop_steps"),
        (written, "keep"),
        (updates, "repeated"),
    ],
    ids=["after a record", "between pages", "after stages", "before what was written is kept", "after writing"],
)
def test_a_sync_that_dies_anywhere_is_followed_by_one_that_does_the_rest(
    step: InStep, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str
) -> None:
    numbers = step.imported([f"r{n}" for n in range(6)])
    step.sync(minutes=1)
    before = len(step.events())
    for number in numbers:
        step.change(number, title=f"Changed {number}", stageId="IN_PROCESS")
    whole = getattr(module, name)

    for deadly in range(1, 9):
        calls = count(1)

        def die(*words: object, calls: "count[int]" = calls, deadly: int = deadly, **more: object) -> object:
            done = whole(*words, **more)
            if next(calls) == deadly:
                raise Killed
            return done

        monkeypatch.setattr(module, name, die)
        with suppress(Killed):
            step.sync(minutes=0.1)

    monkeypatch.setattr(module, name, whole)
    assert step.sync(minutes=3).waiting == 0
    assert step.counted() - Counter(what for _entity, what, _imported in step.events()[:before]) == Counter(
        changed=6, stage_changed=6
    )
    assert {step.lead(number)["UF_CRM_CL_DURATIONS"] for number in numbers} == {"New 120:01"}


def test_one_sync_at_a_time(step: InStep) -> None:
    with sync_book.alone(step.house.engine) as may:
        assert may
        assert step.sync().busy
    assert not step.sync().busy


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_faults_of_the_portal_lose_and_double_nothing(database_url: str, tmp_path: Path, seed: int) -> None:
    with in_step(database_url, tmp_path) as quiet:
        quiet.category("short")
        numbers = quiet.imported([f"r{n}" for n in range(60)], category="short")
        quiet.sync(minutes=1)
    port = int(quiet.portal.address.rpartition(":")[2])
    faults = dict.fromkeys(SOON_OVER, 0.03)
    with in_step(database_url, tmp_path, bound=False, sleep=nod, port=port, faults=faults, seed=seed) as step:
        step.clock.set("2026-06-08 14:00")
        before = step.counted()
        for number in numbers[:-10]:
            step.change(number, title=f"Changed {number}")
        for number in numbers[10:30]:
            step.change(number, stageId="CONVERTED")
        for number in numbers[-10:]:
            with suppress(AssertionError, httpx.HTTPError):  # deleted already, where the answer was lost
                step.delete(number)
        for _ in range(3):
            step.sync(minutes=1)
        step.sync(minutes=1, everything=True)

        assert step.counted() - before == Counter(changed=50, stage_changed=20, deleted=10)
        assert {step.card(number).subject for number in numbers[:-10]} == {f"Changed {one}" for one in numbers[:-10]}
        assert {step.lead(number)["UF_CRM_CL_DURATIONS"] for number in numbers[10:30]} == {"New 124:00"}
        assert step.sync(minutes=1).waiting == 0
        assert step.judge.doubles() == {}
        assert len(step.judge.faults()) > 4


def test_the_dictionary_gives_a_lead_its_category_and_its_deadline_alarms(step: InStep) -> None:
    step.category("short")
    dictionary(step.house, Entry("printer", 10, "short"))
    step.sync()

    number = step.add(title="The printer burns")
    for _ in range(2):
        step.sync(minutes=1)

    card = step.card(number)
    assert (card.category, card.category_by) == ("short", "keywords")
    assert card.deadline is not None
    lead = step.lead(number)
    assert lead["UF_CRM_CL_CATEGORY"]
    assert datetime.fromisoformat(lead["UF_CRM_CL_DEADLINE"]) == card.deadline.due_at
    assert watch_deadlines.watch(step.house, now=step.clock.now).sounded == []
    late = card.deadline.due_at + timedelta(minutes=1)
    assert watch_deadlines.watch(step.house, now=late).sounded == [Alarm(number, 75), Alarm(number, 100)]


class TestWhatIsOurs:
    """Category, group, deadline and durations: the house writes them, and people in the portal may set the first two."""

    @pytest.fixture
    def number(self, step: InStep) -> int:
        step.query("INSERT INTO people.group (name, created_at, modified_at) VALUES ('First', now(), now())")
        step.query("INSERT INTO people.group (name, created_at, modified_at) VALUES ('Second', now(), now())")
        step.category("short", group_id=group(step, "First"))
        step.category("long", 72)
        step.imported(["r0"], category="long")
        (number,) = step.imported(["r1"], category="short", group_id=group(step, "First"))
        step.sync(minutes=1)
        step.sync(minutes=3)
        return number

    def test_what_was_cleared_or_overwritten_comes_back_without_an_event(self, step: InStep, number: int) -> None:
        before, lead = len(step.events()), step.lead(number)
        names = ("UF_CRM_CL_CATEGORY", "UF_CRM_CL_GROUP", "UF_CRM_CL_DEADLINE")
        assert all(lead[name] for name in names)

        step.change(number, ufCrmClCategory="", ufCrmClGroup="", ufCrmClDeadline="2030-01-01T00:00:00+03:00")
        for _ in range(3):
            step.sync(minutes=1)

        assert [step.lead(number)[name] for name in names] == [lead[name] for name in names]
        assert len(step.events()) == before

    def test_a_group_that_nobody_knows_is_replaced_by_ours(self, step: InStep, number: int) -> None:
        step.change(number, ufCrmClGroup="Nobody")
        for _ in range(3):
            step.sync(minutes=1)

        assert step.lead(number)["UF_CRM_CL_GROUP"] == "First"

    def test_a_group_of_ours_is_taken(self, step: InStep, number: int) -> None:
        step.change(number, ufCrmClGroup="Second")
        for _ in range(3):
            step.sync(minutes=1)

        assert (step.card(number).group, step.lead(number)["UF_CRM_CL_GROUP"]) == ("Second", "Second")
        assert step.query("SELECT data -> 'fields' FROM crm.event WHERE type = 'changed'") == [(["group"],)]

    def test_a_category_set_there_moves_the_deadline(self, step: InStep, number: int) -> None:
        due = step.card(number).deadline
        (word,) = step.query("SELECT word FROM portal.choice WHERE value = 'long'")[0]

        step.change(number, ufCrmClCategory=word)
        for _ in range(3):
            step.sync(minutes=1)

        now = step.card(number).deadline
        assert due is not None
        assert now is not None
        assert (step.card(number).category, now.due_at > due.due_at) == ("long", True)
        assert datetime.fromisoformat(step.lead(number)["UF_CRM_CL_DEADLINE"]) == now.due_at
        assert step.counted()["category_set"] == 1

    def test_a_category_set_there_while_we_write_ours_is_not_overwritten(
        self, step: InStep, number: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (word,) = step.query("SELECT word FROM portal.choice WHERE value = 'long'")[0]
        step.category("other", 48)
        with step.house.engine.begin() as connection:
            wiring.intake(step.house).categorise(connection, step.card(number), "other", Deed(at=step.clock.now))
        whole = pushing.Pushing.push

        def meanwhile(self: pushing.Pushing) -> None:
            monkeypatch.setattr(pushing.Pushing, "push", whole)
            step.change(number, ufCrmClCategory=word)
            whole(self)

        monkeypatch.setattr(pushing.Pushing, "push", meanwhile)
        assert step.sync(minutes=1).pushed.contested == 1
        for _ in range(3):
            step.sync(minutes=1)

        assert (step.card(number).category, step.lead(number)["UF_CRM_CL_CATEGORY"]) == ("long", word)

    def test_a_pause_stops_the_clock_of_a_lead_and_its_time_stands_in_brackets(self, step: InStep, number: int) -> None:
        step.query("UPDATE crm.stage SET pauses = true WHERE code = 'in_process'")
        step.clock.set("2026-06-09 10:00")
        step.change(number, stageId="IN_PROCESS")
        step.sync(minutes=1)
        step.query("UPDATE crm.stage SET pauses = true WHERE code = 'in_process'")
        step.clock.set("2026-06-09 11:00")
        step.change(number, stageId="NEW")
        step.clock.set("2026-06-09 12:00")
        step.change(number, stageId="IN_PROCESS")
        step.sync(minutes=1)
        deadline = step.card(number).deadline
        assert deadline is not None
        assert deadline.stopped_at == moscow("2026-06-09 12:00")

        step.clock.set("2026-06-09 15:00")
        step.change(number, stageId="PROCESSED")
        step.sync(minutes=1)

        later = step.card(number).deadline
        assert later is not None
        assert later.stopped_at is None
        assert step.lead(number)["UF_CRM_CL_DURATIONS"].endswith("In progress 1:00 (3:00)")


def test_a_lead_that_comes_back_goes_on(step: InStep) -> None:
    step.category("short")
    (number,) = step.imported(["r1"], category="short")
    step.sync(minutes=1)
    with step.house.engine.begin() as connection:
        sync_book.mark_gone(connection, "request", number, at=step.clock.now)
        mirrored.end(connection, number, at=step.clock.now)
    assert step.card(number).closed_at is not None

    step.change(number, title="Here again")
    step.sync(minutes=1)

    card = step.card(number)
    assert (card.closed_at, card.subject) == (None, "Here again")
    assert [row.left_at is None for row in step.rows(number)] == [False, True]
    assert step.events(number)[-2:] == [("request", "restored", False), ("request", "changed", False)]


def test_a_lead_that_we_may_not_read_is_not_taken_for_deleted(step: InStep, monkeypatch: pytest.MonkeyPatch) -> None:
    (number,) = step.imported(["r1"])
    step.sync(minutes=1)
    monkeypatch.setattr(reading, "items", lambda *_words: {})
    step.change(number, title="Hidden")

    found = step.sync(minutes=1)

    assert [text for text in found.failed if "does not let us read" in text]
    assert (found.followed.deleted, found.waiting) == (0, 1)


def test_a_record_that_cannot_be_kept_costs_itself_only(step: InStep) -> None:
    step.sync()
    good, bad = step.add(title="Good"), step.add(title="Bad")
    step.query("ALTER TABLE crm.record ADD CONSTRAINT no_bad CHECK (subject <> 'Bad')")

    found = step.sync(minutes=1)

    assert (found.followed.created, [(entity, number) for entity, number, _text in found.followed.failed]) == (
        1,
        [("request", bad)],
    )
    step.query("ALTER TABLE crm.record DROP CONSTRAINT no_bad")
    step.sync(minutes=10)
    assert {step.card(good).subject, step.card(bad).subject} == {"Good", "Bad"}


def test_extra_fields_lists_and_unknown_list_items_come_too(database_url: str, tmp_path: Path) -> None:
    fields = [
        ("request", "Serial", "text", "Serial"),
        ("request", "Price", "money", "Price"),
        ("request", "When", "datetime", "When"),
        ("request", "Parts", "multi_list", "Parts"),
    ]
    with in_step(database_url, tmp_path) as step:
        with step.house.engine.begin() as connection:
            step.house.crm.prepare(connection, Definitions("shop", fields=fields))
        (number,) = step.imported(["r1"], extra={"Parts": ["Drum"], "Serial": "A1"}, priority="high")
        step.sync(minutes=1)
        row = next(one for one in step.call("crm.lead.userfield.list") if one["FIELD_NAME"] == "UF_CRM_CL_PRIORITY")
        step.call("crm.lead.userfield.update", id=row["ID"], fields={"LIST": [*row["LIST"], {"VALUE": "Urgent!"}]})
        again = next(one for one in step.call("crm.lead.userfield.list") if one["ID"] == row["ID"])
        urgent = next(one["ID"] for one in again["LIST"] if one["VALUE"] == "Urgent!")

        step.change(
            number,
            ufCrmClxPrice="12.50",
            ufCrmClxWhen="2026-06-08T12:00:00+03:00",
            ufCrmClxSerial="",
            ufCrmClPriority=urgent,
        )
        found = [step.sync(minutes=1) for _ in range(3)]

        assert step.query("SELECT extra, priority FROM crm.record") == [
            ({"Price": 12.5, "When": "2026-06-08T09:00:00+00:00", "Parts": ["Drum"]}, "Urgent!")
        ]
        assert [one.followed.changed for one in found] == [1, 0, 0]


def test_time_without_a_known_stage_stands_alone(step: InStep) -> None:
    closed = {"stage": "done", "closed_at": datetime.fromisoformat("2026-06-02T10:30:00+03:00")}

    (number,) = step.imported(["r1"], **closed)
    step.sync(minutes=1)

    assert (step.lead(number)["UF_CRM_CL_DURATIONS"], step.lead(number)["UF_CRM_CL_BUSINESS_S"]) == ("24:30", "88200")


def group(step: InStep, name: str) -> int:
    ((number,),) = step.query("SELECT id FROM people.group WHERE name = :name", name=name)
    return int(number)
