"""Received mails are claimed, taken in and settled, each once."""

import tempfile
from datetime import timedelta
from mmap import mmap
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.crm.port import TryLater
from caseline.files.faults import StoreTrouble
from caseline.mail import queue_store, raw_store
from caseline.mail.outcome import Outcome, State
from caseline.mail.queue_store import MOST_ATTEMPTS, Claimed
from caseline.mail.transfer import Raw
from tests.factories import mails
from tests.factories.mails import NOW, PostRoom, Taking

LEASE = timedelta(minutes=2)


def receive(room: PostRoom, *contents: bytes) -> None:
    with room.house.engine.begin() as connection:
        for content in contents:
            raw_store.keep(connection, (content * 32)[:32], len(content), [content], now=NOW)


def claim(room: PostRoom, owner: str = "one") -> Claimed | None:
    with room.house.engine.begin() as connection:
        return queue_store.claim(connection, owner=owner, now=room.clock(), until=room.clock() + LEASE)


def certainly(mail: Claimed | None) -> Claimed:
    assert mail is not None
    return mail


def states(room: PostRoom) -> list[tuple[object, ...]]:
    return room.ask("SELECT state, attempts FROM mail.mail ORDER BY id")


def broken(_connection: sa.Connection, mail: Claimed, _content: Raw) -> Outcome:
    raise ValueError(f"mail {mail.id} makes no sense")


def test_the_oldest_mail_is_claimed_first_and_by_one_alone(room: PostRoom) -> None:
    receive(room, b"a", b"b")

    claimed = [claim(room, owner) for owner in ("one", "two", "three")]

    assert [mail and mail.id for mail in claimed] == [1, 2, None]


def test_a_mail_that_another_is_claiming_is_passed_over(room: PostRoom) -> None:
    receive(room, b"a", b"b")

    with room.house.engine.begin() as connection:
        first = queue_store.claim(connection, owner="one", now=NOW, until=NOW + LEASE)
        second = claim(room, "two")

    assert (certainly(first).id, certainly(second).id) == (1, 2)


def test_a_lapsed_lease_can_be_claimed_again_and_the_first_owner_settles_nothing(room: PostRoom) -> None:
    receive(room, b"a")
    stale = certainly(claim(room))
    room.clock.go(minutes=3)
    fresh = certainly(claim(room, "two"))

    with room.house.engine.begin() as connection:
        assert not queue_store.hold(connection, stale)
        assert not queue_store.settle(connection, stale, Outcome(state=State.DONE), now=NOW)
        assert queue_store.fail(connection, stale, "late", now=NOW, again=NOW) is None
        assert not queue_store.give_back(connection, stale)
        assert queue_store.settle(connection, fresh, Outcome(state=State.TRAY, automatic="list"), now=NOW)

    assert states(room) == [("tray", 2)]


def test_a_lease_that_lapses_during_the_transaction_takes_nothing_away(room: PostRoom) -> None:
    receive(room, b"a")
    mail = certainly(claim(room))

    with room.house.engine.begin() as connection:
        assert queue_store.hold(connection, mail)
        room.clock.go(minutes=3)
        assert claim(room, "two") is None
        assert queue_store.settle(connection, mail, Outcome(state=State.DONE), now=NOW)

    assert states(room) == [("done", 1)]


def test_what_was_given_back_was_not_tried(room: PostRoom) -> None:
    receive(room, b"a")
    with room.house.engine.begin() as connection:
        queue_store.give_back(connection, certainly(queue_store.claim(connection, owner="one", now=NOW, until=NOW)))

    assert states(room) == [("received", 0)]


def test_a_mail_that_fails_holds_up_no_other(room: PostRoom) -> None:
    receive(room, mails.raw(1), mails.raw(2))
    taking = Taking(room.house)

    def one_is_broken(connection: sa.Connection, mail: Claimed, content: Raw) -> Outcome:
        return (broken if mail.id == 1 else taking)(connection, mail, content)

    found = room.take_in(one_is_broken)

    assert (found.done, found.failed, found.reasons) == (1, 1, ((1, "ValueError: mail 1 makes no sense"),))
    assert room.subjects() == ["Matter 2"]


def test_what_was_written_for_a_mail_that_fails_is_taken_back(room: PostRoom) -> None:
    receive(room, mails.raw(1))
    taking = Taking(room.house)

    def breaks_late(connection: sa.Connection, mail: Claimed, content: Raw) -> Outcome:
        taking(connection, mail, content)
        raise ValueError("at last")

    room.take_in(breaks_late)

    assert room.subjects() == []


def test_after_so_many_attempts_a_mail_goes_into_quarantine_and_comes_back_by_command(room: PostRoom) -> None:
    receive(room, mails.raw(1))
    for _ in range(MOST_ATTEMPTS):
        room.take_in(broken)
        room.clock.go(hours=1)

    assert room.ask("SELECT state, error FROM mail.mail") == [("quarantine", "ValueError: mail 1 makes no sense")]
    assert room.take_in().done == 0

    with room.house.engine.begin() as connection:
        assert queue_store.retry(connection, [1, 2]) == [1]
    assert room.take_in().done == 1
    assert states(room) == [("done", 1)]


def test_between_attempts_there_is_a_pause(room: PostRoom) -> None:
    receive(room, mails.raw(1))
    room.take_in(broken)

    assert room.take_in().done == 0
    room.clock.go(minutes=1)
    assert room.take_in().done == 1


def test_a_mail_that_kills_every_process_goes_into_quarantine(room: PostRoom) -> None:
    receive(room, b"a", b"b")
    for _ in range(MOST_ATTEMPTS):
        assert certainly(claim(room)).id == 1
        room.clock.go(minutes=3)

    assert certainly(claim(room)).id == 2
    assert states(room) == [("quarantine", MOST_ATTEMPTS), ("received", 1)]


def test_what_is_no_fault_of_the_mail_counts_no_attempt(room: PostRoom) -> None:
    receive(room, mails.raw(1))

    def later(_connection: sa.Connection, _mail: Claimed, _content: Raw) -> Outcome:
        raise TryLater("the portal rests")

    with pytest.raises(TryLater):
        room.take_in(later)

    assert states(room) == [("received", 0)]
    assert room.take_in().done == 1


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_what_the_database_breaks_off_for_another_is_done_again_at_once_and_counts_no_attempt(
    room: PostRoom, code: str
) -> None:
    receive(room, mails.raw(1))
    tries: list[int] = []

    def broken_off(connection: sa.Connection, mail: Claimed, content: Raw) -> Outcome:
        tries.append(mail.attempts)
        if len(tries) <= MOST_ATTEMPTS:
            connection.execute(sa.text(f"DO $$ BEGIN RAISE EXCEPTION 'broken off' USING ERRCODE = '{code}'; END $$"))
        return mails.Taking(room.house)(connection, mail, content)

    taken = room.take_in(broken_off)

    assert (taken.done, taken.failed, tries) == (1, 0, [1] * (MOST_ATTEMPTS + 1))


def test_what_the_driver_refuses_to_send_is_the_fault_of_the_mail(room: PostRoom) -> None:
    receive(room, mails.raw(1), mails.raw(2))

    def refused(connection: sa.Connection, mail: Claimed, content: Raw) -> Outcome:
        if mail.id == 1:
            connection.execute(sa.text("SELECT :value"), {"value": "a\0b"})
        return mails.Taking(room.house)(connection, mail, content)

    taken = room.take_in(refused)

    assert (taken.done, taken.failed) == (1, 1)
    assert "NUL" in taken.reasons[0][1]


def test_a_very_large_mail_is_read_from_a_file_as_a_whole(database_url: str) -> None:
    room = mails.post_room(database_url, mail_largest="64KiB")
    seen = []
    pieces = [bytes([sign]) * (1 << 20) for sign in b"abc"]
    with room.house.engine.begin() as connection:
        raw_store.keep(connection, bytes(32), 3 << 20, pieces, now=NOW)
        raw_store.keep(connection, bytes(31) + b"1", 1 << 16, [b"small" * 2], now=NOW)

    def look(_connection: sa.Connection, _mail: Claimed, content: Raw) -> Outcome:
        seen.append((type(content), content[:]))
        return Outcome(state=State.TRAY)

    room.take_in(look)

    assert seen == [(mmap, b"".join(pieces)), (bytes, b"small" * 2)]
    with room.house.engine.connect() as connection:
        assert raw_store.head(connection, 1, (1 << 20) + 1) == pieces[0] + b"b"


@pytest.mark.parametrize("trouble", ["full", "missing"])
def test_without_room_for_its_temporary_file_a_large_mail_waits_and_no_attempt_counts(
    trouble: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = mails.post_room(database_url, mail_largest="64KiB")
    receive(room, mails.raw(1, size=100_000))
    place = {"full": "/dev/full", "missing": "/nowhere/file"}[trouble]
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: Path(place).open("wb", 0))  # noqa: SIM115 - closed by whoever asks for it

    with pytest.raises(StoreTrouble, match="TMPDIR"):
        room.take_in()
    assert states(room) == [("received", 0)]

    monkeypatch.undo()
    assert room.take_in().done == 1


def test_a_reason_is_kept_whatever_it_holds(room: PostRoom) -> None:
    receive(room, mails.raw(1))

    def odd(_connection: sa.Connection, _mail: Claimed, _content: Raw) -> Outcome:
        raise ValueError("nul \0, half a letter \ud800, " + "and so on " * 500)

    assert room.take_in(odd).failed == 1
    assert str(room.ask("SELECT error FROM mail.mail")[0][0]).startswith("ValueError: nul , half a letter ?")


def test_settled_is_done_tray_or_same() -> None:
    with pytest.raises(ValueError, match="not as quarantine"):
        Outcome(state=State.QUARANTINE)
