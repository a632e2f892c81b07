"""Others are at work while a person is erased: whatever they had read or were writing, nothing of it stays."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.actions import erase_personal, take_in_mail
from caseline.actions.erase_personal import Account
from caseline.actions.wiring import House
from caseline.crm.refusals import Told
from staging import erased_lines
from tests.factories import marked_person
from tests.factories.marked_person import ADDRESS, NOW, Marked

_REQUEST = """
INSERT INTO crm.record (kind, subject, description, stage, contact_id)
SELECT 'request', 'Zyzzyva asks', 'zyzzyva', stage, :contact FROM crm.record WHERE id = :request
"""
_ASK = """
INSERT INTO feedback.ask (public_id, campaign_id, form_version_id, subject, subject_id, period, service, contact_id,
  channel, address, language, state, happened_at, state_at, state_by)
SELECT 'late', campaign_id, form_version_id, 'request', :other, 'late', service, contact_id, channel, :address, language,
  'queued', now(), now(), 'job' FROM feedback.ask WHERE public_id = 'marked'
"""


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def _started(house: House, marked: Marked) -> tuple[ThreadPoolExecutor, Future[Account]]:
    pool = ThreadPoolExecutor(1)
    return pool, pool.submit(erase_personal.erase, house, str(marked.contact), by="anna", now=NOW)


def test_a_request_that_is_being_written_is_waited_for(house: House, marked: Marked) -> None:
    with house.engine.begin() as writer:
        writer.execute(sa.text(_REQUEST), {"contact": marked.contact, "request": marked.request})
        pool, erasing = _started(house, marked)
        time.sleep(1.5)
        assert not erasing.done()
    account = erasing.result(60)
    pool.shutdown()
    assert not account.unsure
    assert marked_person.where(house) == {}


def test_an_ask_that_is_made_of_what_was_read_before_is_found_by_the_next_look(house: House, marked: Marked) -> None:
    with house.engine.begin() as round_:
        read = sa.text("SELECT email FROM crm.contact WHERE id = :id")
        address = round_.execute(read, {"id": marked.contact}).scalar_one()
        pool, erasing = _started(house, marked)
        name = "SELECT name FROM crm.contact WHERE id = :id"
        _until(lambda: marked_person.ask(house, name, id=marked.contact) == [("—",)])
        round_.execute(sa.text(_ASK), {"other": marked.other_request, "address": address})
    account = erasing.result(60)
    pool.shutdown()
    assert not account.unsure
    assert marked_person.where(house) == {}
    assert marked_person.ask(house, "SELECT state, address FROM feedback.ask WHERE public_id = 'late'") == [
        ("cancelled", None)
    ]


def test_whoever_never_ends_is_told_of(house: House, marked: Marked) -> None:
    with house.engine.begin() as reader:
        reader.execute(sa.text("SELECT 1"))
        account = erase_personal.erase(house, str(marked.contact), by="anna", now=NOW, patience=1)
    assert account.unsure
    with house.engine.begin() as writer:
        writer.execute(sa.text("SELECT FROM crm.contact WHERE id = :id FOR UPDATE"), {"id": marked.contact})
        with pytest.raises(Told, match="nothing was erased"):
            erase_personal.erase(house, str(marked.contact), by="anna", now=NOW, patience=1)


def test_mails_that_are_taken_in_meanwhile_go_too(house: House, marked: Marked) -> None:
    for number in range(10, 18):
        marked_person.arrive(house, marked_person.mail(number, ADDRESS))
    with ThreadPoolExecutor(2) as pool:
        taking = pool.submit(take_in_mail.take_in_waiting, house, clock=lambda: NOW)
        time.sleep(0.1)
        erasing = pool.submit(erase_personal.erase, house, str(marked.contact), by="anna", now=NOW)
        assert not taking.result(60).quarantine
        assert not erasing.result(60).unsure
    assert marked_person.where(house) == {}
    assert marked_person.ask(house, "SELECT count(*) FROM mail.mail WHERE state = 'received'") == [(0,)]


@pytest.mark.parametrize("pause", [0.3, 1.2])
def test_an_import_that_runs_meanwhile_brings_nothing_back(
    house: House, marked: Marked, tmp_path: Path, pause: float
) -> None:
    folder = marked_person.export(tmp_path / "later", later="again")
    with ThreadPoolExecutor(2) as pool:
        importing = pool.submit(marked_person.bring, house, folder)
        time.sleep(pause)
        erasing = pool.submit(erase_personal.erase, house, str(marked.contact), by="anna", now=NOW)
        importing.result(90)
        assert not erasing.result(90).unsure
    with house.engine.begin() as connection:
        erased_lines.sweep(connection, write=True)
    assert marked_person.where(house) == {}
    left = "SELECT count(*) FROM staging.row WHERE status = 'NEW'"
    assert marked_person.ask(house, left) == [(0,)]
