"""Machines that write to us: they are answered a few times only, and what they report is not overlooked."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.actions import reply_to_client, show_request
from caseline.outbox.tables import letter
from tests.factories import conversations
from tests.factories.conversations import Centre, mail


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Centre:
    """A centre that acknowledges what it gets."""
    return conversations.centre(database_url, tmp_path, mail_acknowledge=True)


def states(centre: Centre) -> list[str]:
    with centre.house.engine.connect() as connection:
        return list(connection.execute(sa.select(letter.c.state).order_by(letter.c.id)).scalars())


def write(centre: Centre, senders: list[str]) -> None:
    for number, sender in enumerate(senders):
        centre.get(mail(f"Ticket {number}", subject=f"T{number}", sender=sender, Message_ID=f"<{number}@other>"))


def test_one_that_writes_from_ever_new_details_is_answered_three_times(centre: Centre) -> None:
    write(centre, [f"robot+{number}@other.example" for number in range(6)])

    assert states(centre) == [*["queued"] * 3, *["cancelled"] * 3]


@pytest.mark.parametrize(("domain", "answered"), [("other.example", 20), ("gmail.com", 22)])
def test_one_that_writes_from_ever_new_addresses_is_answered_twenty_times_an_hour(
    centre: Centre, domain: str, answered: int
) -> None:
    write(centre, [f"robot{number}@{domain}" for number in range(22)])

    assert states(centre).count("queued") == answered


def test_an_answer_beyond_the_limit_stands_in_no_timeline(centre: Centre) -> None:
    write(centre, ["anna@client.example"] * 4)

    assert states(centre)[3] == "cancelled"
    assert [[one.kind for one in centre.timeline(number)] for number in (3, 4)] == [
        ["mail_in", "mail_out"],
        ["mail_in"],
    ]


def test_a_request_shows_what_has_become_of_its_letters(centre: Centre) -> None:
    write(centre, ["anna@client.example"])
    with centre.house.engine.begin() as connection:
        connection.execute(sa.update(letter).values(state="failed", reason="no such user", done_at=centre.now))

    found = show_request.show(centre.house, "id:1", now=centre.now)

    answer = found.timeline[1]
    assert (found.letters[answer.id].state, found.letters[answer.id].reason) == ("failed", "no such user")
    assert len(found.letters) == 1


@pytest.mark.parametrize("head", ["", "X-Loop: postmaster@x.example\r\n"])
def test_a_report_is_a_report_though_its_server_marks_it_against_loops(centre: Centre, head: str) -> None:
    centre.get(mail(Message_ID="<1@client.example>"))
    written = reply_to_client.reply(centre.house, "id:1", "We look", by=None, now=centre.now)
    with centre.house.engine.begin() as connection:
        connection.execute(sa.update(letter).values(state="sent", done_at=centre.now))
        which = sa.select(letter.c.message_id).where(letter.c.id == written.letter_id)
        message_id = connection.execute(which).scalar_one()

    centre.get(
        (
            f"From: MAILER-DAEMON@x.example\r\n{head}To: support@desk.example\r\nSubject: x\r\nMessage-ID: <b@x>\r\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
            "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
            "Final-Recipient: rfc822; anna@client.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\n"
            f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
        ).encode()
    )

    assert states(centre) == ["sent", "failed"]
    assert centre.mails()[-1]["automatic"] == "bounce"
