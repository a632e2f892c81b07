"""Whoever works on a request takes its locks in one order, and holds it: nobody waits for somebody who waits for him."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from caseline.actions import assign, end_by_link, take_in_mail, take_in_mails
from caseline.actions.assign import Order
from caseline.crm.embedded.stores import contacts, records
from caseline.crm.timeline import AssignmentState
from caseline.files.store import Files
from caseline.mail.outcome import Outcome
from caseline.mail.queue_store import Claimed
from caseline.mail.transfer import Raw
from tests.factories import databases, outsiders
from tests.factories.conversations import mail
from tests.factories.outsiders import SMITH, Work
from tests.unit.mail.corpus.building import attached, multipart, plain

_FREE = sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


@pytest.fixture
def work(database_url: str, tmp_path: Path) -> Work:
    """A centre with a request, 1, and an outsider's assignment of it."""
    return outsiders.work(database_url, tmp_path)


def waits(work: Work) -> bool:
    """Whether somebody waits for somebody."""
    for _ in range(300):
        threading.Event().wait(0.02)
        with work.centre.house.engine.connect() as connection:
            if databases.waiting(connection):
                return True
    return False


def give(work: Work) -> object:
    order = Order(request="id:1", title="Door", text="Door", contact="new@repair.example")
    return assign.give(work.centre.house, order, now=work.centre.now)


def answer(work: Work) -> object:
    return assign.answer(work.centre.house, work.assignment_id, "Third floor", by=None, now=work.centre.now)


def resend(work: Work) -> object:
    return assign.resend(work.centre.house, work.assignment_id, by=None, now=work.centre.now)


def correct(work: Work) -> object:
    return assign.address(work.centre.house, work.assignment_id, "new@repair.example", now=work.centre.now)


def end(work: Work) -> object:
    return assign.end(work.centre.house, work.assignment_id, AssignmentState.DONE, by=None, now=work.centre.now)


def press(work: Work) -> object:
    return end_by_link.finish(work.centre.house, work.link, "", now=work.centre.now)


@pytest.mark.parametrize("people", [give, answer, resend, correct, end, press])
def test_whoever_works_on_an_assignment_waits_for_whoever_holds_its_request_and_has_its_contact_by_then(
    work: Work, people: Callable[[Work], object]
) -> None:
    other = threading.Thread(target=people, args=[work])
    with work.centre.house.engine.begin() as connection:
        records.hold(connection, [1])
        other.start()
        assert waits(work), "nobody waited for the request"
        names = "contact new@repair.example"
        free = connection.execute(_FREE, {"name": names}).scalar_one()
        assert free is (people not in {give, correct})
    other.join()


def test_of_a_reply_and_a_press_of_the_button_at_once_one_ends_it_and_the_mail_comes_in(work: Work) -> None:
    centre = work.centre
    centre.arrive(mail("Готово", sender=SMITH, Message_ID="<d@r>", to=work.letters()[0].reply_to))
    told: list[Any] = []
    link = work.link
    other = threading.Thread(target=lambda: told.append(end_by_link.finish(centre.house, link, "", now=centre.now)))
    real = take_in_mail.taker(centre.house, clock=centre.clock)

    def slow(connection: sa.Connection, claimed: Claimed, raw: Raw) -> Outcome:
        outcome = real(connection, claimed, raw)
        other.start()
        assert waits(work), "the button did not wait"
        return outcome

    done = take_in_mails.take_in_mails(centre.house, slow, clock=centre.clock)
    other.join()

    assert (done.done, done.failed) == (1, 0)
    assert (work.read().ended_by, told[0].ended_now) == ("reply", False)


def test_files_of_a_mail_are_kept_in_the_order_of_their_digests_and_stand_in_their_own(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[bytes] = []
    real = Files.keep

    def keep(self: Files, connection: sa.Connection, pieces: Iterable[bytes], *, at: datetime) -> bytes:
        kept.append(real(self, connection, pieces, at=at))
        return kept[-1]

    monkeypatch.setattr(Files, "keep", keep)
    names = [f"{number}.txt" for number in range(5)]
    work.centre.get(
        multipart(b"multipart/mixed", [plain(), *(attached(one.encode(), one.encode() * 9) for one in names)])
    )

    assert kept == sorted(kept)
    (message,) = work.centre.timeline(work.centre.landed()[-1] or 0)
    assert [one.name for one in message.attachments] == names
    assert {one.sha256 for one in message.attachments} == set(kept)


def test_addresses_of_contacts_are_held_in_one_order(work: Work) -> None:
    with work.centre.house.engine.begin() as connection:
        contacts.hold_addresses(connection, ["b@x.example", "a@x.example", "B@x.example"])
        with work.centre.house.engine.begin() as other:
            for one in ("a@x.example", "b@x.example"):
                assert not other.execute(_FREE, {"name": f"contact {one}"}).scalar_one()
