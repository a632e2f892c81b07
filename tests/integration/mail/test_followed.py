"""Who answers an old letter again comes where the first answer is by now, whoever has moved it and however many come."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.actions import move_request, reply_to_client, sort_mail
from caseline.actions.enter_mail import Entry
from caseline.actions.move_request import Move
from caseline.crm import tables as crm
from caseline.crm.cards import Card
from caseline.mail import verdicts
from caseline.mail.message import Mail
from caseline.outbox.tables import letter
from tests.factories import conversations, databases
from tests.factories.conversations import Centre, mail


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Centre:
    """A centre with a request of Anna's that was answered and closed 15 days ago."""
    made = conversations.centre(database_url, tmp_path)
    made.get(mail(Message_ID="<1@client.example>"))
    key = f"id:{made.landed()[0]}"
    reply_to_client.reply(made.house, key, "Смотрим", by=None, now=made.now)
    move_request.close(made.house, Move(key=key), now=made.now)
    made.now += timedelta(days=15)
    return made


def answer(centre: Centre, text: str = "Опять", sender: str = "Anna Client <anna@client.example>") -> bytes:
    with centre.house.engine.connect() as connection:
        message_id = connection.execute(sa.select(letter.c.message_id)).scalar_one()
    return mail(text, sender=sender, In_Reply_To=message_id)


def landed(centre: Centre) -> int:
    return centre.landed()[-1] or 0


def opening(centre: Centre) -> int:
    """The message that has opened the last request."""
    return centre.timeline(landed(centre))[0].id


def test_the_verdict_says_so_in_words(centre: Centre) -> None:
    centre.get(answer(centre), answer(centre, "И ещё"))

    old, new, again = centre.landed()
    assert (new, again != old) == (again, True)
    verdict = centre.mails()[-1]["verdict"]
    told = verdicts.told(verdict, "en")
    assert told.startswith(f"joined request {new}, which was opened by an earlier answer to request {old}; by our ")
    assert f"присоединено к обращению {new}, которое открыл прежний ответ на обращение {old}; " in verdicts.told(
        verdict, "ru"
    )
    assert "it is open again" in verdicts.told(verdict | {"act": "reopen"}, "en")
    assert f"in which request {old} goes on" in verdicts.told(verdict | {"further": True}, "en")


def test_what_was_split_off_is_where_the_next_answer_comes(centre: Centre) -> None:
    centre.get(answer(centre), answer(centre, "И вот"))
    card = sort_mail.split(centre.house, opening(centre), by=None, now=centre.now)

    centre.get(answer(centre, "И ещё"))

    assert landed(centre) == card.id


def test_where_the_first_answer_was_moved_the_next_one_comes(centre: Centre) -> None:
    centre.get(answer(centre))
    followed, message = landed(centre), opening(centre)
    centre.get(mail("Другое", Message_ID="<5@client.example>"))
    other = landed(centre)

    sort_mail.join(centre.house, message, f"id:{other}", by=None, now=centre.now)
    centre.get(answer(centre, "И ещё"))
    assert landed(centre) == other

    sort_mail.join(centre.house, message, f"id:{followed}", by=None, now=centre.now)
    centre.get(answer(centre, "И опять"))
    assert landed(centre) == followed


def test_an_answer_that_was_moved_into_the_closed_request_leaves_nothing_to_join(centre: Centre) -> None:
    centre.get(answer(centre))
    followed, message = landed(centre), opening(centre)

    sort_mail.join(centre.house, message, f"id:{centre.landed()[0]}", by=None, now=centre.now)
    centre.get(answer(centre, "И ещё"))

    assert landed(centre) not in {followed, centre.landed()[0]}


def test_a_machine_that_answers_an_old_letter_is_kept_where_the_matter_goes_on(centre: Centre) -> None:
    centre.get(answer(centre))
    away = answer(centre, "В отпуске").replace(b"MIME-Version", b"Auto-Submitted: auto-replied\r\nMIME-Version")

    centre.get(away)

    assert [one["automatic"] for one in centre.mails()] == [None, None, "out-of-office"]
    assert centre.landed()[-2] == centre.landed()[-1]


@pytest.mark.parametrize("sender", ["Anna Client <anna@client.example>", "Boris <boris@elsewhere.example>"])
def test_two_answers_at_once_open_one_request(centre: Centre, monkeypatch: pytest.MonkeyPatch, sender: str) -> None:
    first = answer(centre).replace(b"MIME-Version", b"Cc: boris@elsewhere.example\r\nMIME-Version")
    # By the address: mails that name the same id wait for one another before they are judged at all.
    second = mail("И ещё", sender=sender, to=centre.reply_address(centre.landed()[0] or 0))
    taken_in, opened = Entry.open, threading.Event()

    def slow(self: Entry, mail: Mail, *, proven: bool) -> Card:
        """Whoever comes first opens the request only when the other waits for that."""
        if not opened.is_set():
            opened.set()
            others.start()
            assert any(waits() for _ in range(300)), "the other mail was judged at the same time"
        return taken_in(self, mail, proven=proven)

    def waits() -> bool:
        threading.Event().wait(0.05)
        with centre.house.engine.connect() as connection:
            return databases.waiting(connection) > 0

    monkeypatch.setattr(Entry, "open", slow)
    centre.arrive(first, second)
    others = threading.Thread(target=centre.take_in)
    centre.take_in()
    others.join()

    assert len(set(centre.landed()[1:])) == 1
    assert [one["verdict"]["act"] for one in centre.mails()[1:]] == ["new", "join"]
    assert count(centre) == 2


def count(centre: Centre) -> int:
    with centre.house.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(crm.record)).scalar_one()
