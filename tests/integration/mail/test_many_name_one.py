"""Thousands of mails may name the same id that never came: none of them costs more for those that came before it."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.crm.embedded.stores import parties
from caseline.mail import thread_store
from caseline.mail.thread_store import MOST_TRACES
from caseline.mail.threads import MOST_LINKED
from tests.factories import conversations
from tests.factories.conversations import Centre, mail

LETTER = "<newsletter@elsewhere.example>"
OTHERS = MOST_TRACES + 5


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Centre:
    """A centre where strangers answer one letter of somebody else's, each at an address of his own."""
    made = conversations.centre(database_url, tmp_path)
    made.arrive(*(from_stranger(number) for number in range(OTHERS)))
    made.take_in()
    return made


def from_stranger(number: int, text: str = "Не работает") -> bytes:
    who = f"c{number}@house{number}.example"
    return mail(text, sender=who, Message_ID=f"<{text[:1].encode().hex()}{number}@client.example>", In_Reply_To=LETTER)


def test_a_request_is_linked_with_the_newest_of_many_that_name_what_it_names(centre: Centre) -> None:
    with centre.house.engine.connect() as connection:
        query = sa.text("SELECT max(number) FROM (SELECT count(*) AS number FROM crm.link GROUP BY record_id) AS found")
        assert connection.execute(query).scalar_one() == MOST_LINKED
        traces = thread_store.ghosts(connection, [LETTER.strip("<>")], "nobody@x.example")
    newest = list(reversed(centre.landed()))
    assert [one.record_id for one in traces] == newest[:MOST_TRACES]


def test_whoever_named_it_first_finds_his_own_request_again(centre: Centre) -> None:
    centre.get(from_stranger(0, "И ещё"))

    assert centre.landed()[-1] == centre.landed()[0]


def test_the_messages_of_a_request_are_not_read_to_know_its_requester(centre: Centre) -> None:
    with centre.house.engine.connect() as connection:
        (his,) = parties.parties(connection, [1], "c0@house0.example")
        (other,) = parties.parties(connection, [1], "c1@house1.example")

    assert (his.requester, his.participant) == (True, False)
    assert (other.requester, other.participant) == (False, False)
