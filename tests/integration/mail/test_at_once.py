"""Mails and people at the same moment: a thread stays together, and nothing lands where nobody looks any more."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.actions import move_request, sort_mail, take_in_mail, take_in_mails
from caseline.actions.move_request import Move
from caseline.actions.take_in_mails import TakenIn
from caseline.crm.cards import Refused
from caseline.crm.embedded.stores import records
from caseline.crm.embedded.timeline import EmbeddedTimelines
from caseline.mail.outcome import Outcome
from caseline.mail.queue_store import Claimed
from caseline.mail.transfer import Raw
from tests.factories import conversations, databases
from tests.factories.conversations import Centre, mail


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Centre:
    """A centre with two requests of Anna's, 1 and 2."""
    made = conversations.centre(database_url, tmp_path)
    made.get(*(mail(Message_ID=f"<{number}@client.example>") for number in (1, 2)))
    assert made.landed() == [1, 2]
    return made


def waits(centre: Centre) -> bool:
    """Whether somebody waits for somebody."""
    for _ in range(300):
        threading.Event().wait(0.05)
        with centre.house.engine.connect() as connection:
            if databases.waiting(connection):
                return True
    return False


def take_in(centre: Centre, before_the_end: Callable[[], object]) -> TakenIn:
    """Take in what waits; something happens when the first mail is judged and entered, and not yet committed."""
    real = take_in_mail.taker(centre.house, clock=centre.clock)
    once = iter([before_the_end])

    def slow(connection: sa.Connection, claimed: Claimed, raw: Raw) -> Outcome:
        told = real(connection, claimed, raw)
        next(once, bool)()
        return told

    return take_in_mails.take_in_mails(centre.house, slow, clock=centre.clock)


def merge(centre: Centre) -> None:
    sort_mail.merge(centre.house, "id:1", "id:2", by=None, now=centre.now)


def close(centre: Centre) -> None:
    move_request.close(centre.house, Move(key="id:1"), now=centre.now)


@pytest.mark.parametrize(("people", "lands"), [(merge, 2), (close, 1)])
def test_whoever_merges_or_closes_a_request_waits_for_the_mail_that_joins_it(
    centre: Centre, people: Callable[[Centre], None], lands: int
) -> None:
    centre.arrive(mail("Answer", Message_ID="<a@client.example>", In_Reply_To="<1@client.example>"))
    other = threading.Thread(target=people, args=[centre])

    def meanwhile() -> None:
        other.start()
        assert waits(centre), "nobody waited for the mail"

    take_in(centre, meanwhile)
    other.join()

    assert centre.landed()[-1] == lands
    assert [one.mail_id for one in centre.timeline(lands)][-1] == "a@client.example"


@pytest.mark.parametrize(("people", "lands", "act"), [(merge, 2, "join"), (close, 1, "reopen")])
def test_a_mail_is_judged_anew_when_somebody_merges_or_closes_its_request_before_it_joins(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, people: Callable[[Centre], None], lands: int, act: str
) -> None:
    centre.arrive(mail("Answer", Message_ID="<a@client.example>", In_Reply_To="<1@client.example>"))
    meanwhile = iter([people])

    def late(connection: sa.Connection, ids: list[int]) -> dict[int, int]:
        """The mail is judged: now people come first."""
        if (what := next(meanwhile, None)) is not None:
            what(centre)
        return records.hold(connection, ids)

    monkeypatch.setattr(EmbeddedTimelines, "hold", staticmethod(late))
    told = centre.take_in()

    assert (told.done, told.failed, centre.landed()[-1]) == (1, 0, lands)
    assert centre.mails()[-1]["verdict"]["act"] == act
    assert centre.mails()[-1]["attempts"] == 1
    assert [one.mail_id for one in centre.timeline(lands)][-1] == "a@client.example"


@pytest.mark.parametrize("first", ["the mail", "its answer"])
def test_a_mail_and_its_answer_that_are_taken_in_at_once_stay_together(centre: Centre, first: str) -> None:
    both = [
        mail("Question", Message_ID="<a@client.example>"),
        mail("Answer", Message_ID="<b@client.example>", In_Reply_To="<a@client.example>"),
    ]
    centre.arrive(*(both if first == "the mail" else reversed(both)))
    other = threading.Thread(target=centre.take_in)

    def meanwhile() -> None:
        other.start()
        assert waits(centre), "both were judged at the same time"

    take_in(centre, meanwhile)
    other.join()

    *_, one, two = centre.landed()
    assert one == two


def test_of_two_who_split_a_message_off_one_does(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    centre.get(mail("Another", Message_ID="<a@client.example>", In_Reply_To="<1@client.example>"))
    number = centre.timeline(1)[-1].id
    told: list[str] = []
    seen, real = threading.Barrier(2, timeout=30), EmbeddedTimelines.message

    def message(*given: object, hold: bool = False) -> object:
        found = real(*given, hold=hold)  # type: ignore[arg-type]  # as it was called
        if not hold:
            seen.wait()  # both have seen where it stands
        return found

    def split() -> None:
        try:
            told.append(sort_mail.split(centre.house, number, by=None, now=centre.now).name)
        except Refused as error:
            told.append(str(error))

    monkeypatch.setattr(EmbeddedTimelines, "message", staticmethod(message))
    both = [threading.Thread(target=split) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(told) == [
        f"message {number}: somebody else has moved it at this moment: look at it again",
        "request 3",
    ]
    with centre.house.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM crm.record")).scalar_one() == 3


def without_id(text: str = "Disk full", **headers: str) -> bytes:
    return mail(text, sender="Watch <watch@client.example>", **({"at": conversations.BEGIN} | headers))  # type: ignore[arg-type]  # by name


def test_the_same_mail_without_an_id_in_two_mailboxes_is_one(centre: Centre) -> None:
    centre.get(without_id(Delivered_To="support@desk.example"), without_id(Delivered_To="sales@desk.example"))

    assert [one["state"] for one in centre.mails()[2:]] == ["done", "same"]


def test_mails_without_an_id_that_differ_in_date_or_subject_or_have_no_date_are_several(centre: Centre) -> None:
    later = conversations.BEGIN.replace(second=1)
    centre.get(
        without_id(),
        without_id(at=later),  # type: ignore[arg-type]  # the date
        without_id(subject="Host B"),
        mail("No date", X_Way="1"),
        mail("No date", X_Way="2"),
    )

    assert [one["state"] for one in centre.mails()[2:]] == ["done"] * 5
