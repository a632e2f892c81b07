"""A bounce is known as one of a letter of ours though a provider put its own id in place of ours, and forged ones do nothing."""

from email import message_from_bytes
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.actions import move_request, reply_to_client
from caseline.actions.move_request import Move
from caseline.mail import verdicts
from caseline.outbox import compose
from caseline.outbox import store as outbox
from caseline.outbox.letters import Letter
from caseline.outbox.tables import letter as letters
from caseline.outbox.tables import recipient
from tests.factories import conversations
from tests.factories.conversations import Centre, mail

ANNA = "anna@client.example"
PROVIDERS = "<0100018c-0000@mail.provider.example>"


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Centre:
    """A centre with a request of Anna's."""
    made = conversations.centre(database_url, tmp_path)
    made.get(mail(Message_ID="<1@client.example>"))
    return made


def write(centre: Centre) -> Letter:
    """A letter to Anna that has left."""
    number = reply_to_client.reply(
        centre.house, f"id:{centre.landed()[0]}", "Смотрим", by=None, now=centre.now
    ).letter_id
    with centre.house.engine.begin() as connection:
        connection.execute(sa.update(letters).where(letters.c.id == number).values(state="sent", done_at=centre.now))
        connection.execute(sa.update(recipient).where(recipient.c.letter_id == number).values(state="sent"))
        found = outbox.get(connection, number or 0)
    assert found is not None
    return found


def headers(letter: Letter, *kept: str) -> str:
    """What a provider left of a letter's headers beside an id of its own."""
    sent = message_from_bytes(compose.compose(letter))
    return "\r\n".join([f"Message-ID: {PROVIDERS}", *(f"{name}: {sent[name]}" for name in kept)])


def bounce(original: str, *, to: str | None = ANNA, action: str = "failed") -> bytes:
    """A report about a letter with these headers."""
    lines = [
        "From: MAILER-DAEMON@client.example",
        f"To: {conversations.OWN}",
        "Subject: Undelivered",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "MIME-Version: 1.0",
        "",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; client.example",
        "",
        *([f"Final-Recipient: rfc822; {to}"] if to else []),
        f"Action: {action}",
        f"Status: {'5.1.1' if action == 'failed' else '4.4.1'}",
        "",
        "--b",
        "Content-Type: text/rfc822-headers",
        "",
        original,
        "",
        "--b--",
        "",
    ]
    return "\r\n".join(lines).encode()


def states(centre: Centre) -> list[str]:
    with centre.house.engine.connect() as connection:
        return list(connection.execute(sa.select(letters.c.state).order_by(letters.c.id)).scalars())


def test_the_letter_says_its_id_once_more(centre: Centre) -> None:
    write(centre)
    second = write(centre)

    centre.get(bounce(headers(second, "X-Caseline-Letter")))

    assert states(centre) == ["sent", "failed"]
    assert centre.landed()[1] == centre.landed()[0]
    verdict = centre.mails()[-1]["verdict"]
    assert (verdict["rule"], verdict["value"], verdict["place"]) == ("own_id", second.message_id, "report")


def test_by_the_reply_address_alone_it_is_the_only_letter_that_went_there(centre: Centre) -> None:
    letter = write(centre)

    centre.get(bounce(headers(letter, "Reply-To")))

    assert states(centre) == ["failed"]
    verdict = centre.mails()[-1]["verdict"]
    assert (verdict["record_id"], verdict["rule"], verdict["reason"]) == (centre.landed()[0], "token", "")


def test_of_two_letters_neither_is_failed_but_the_request_tells_of_it(centre: Centre) -> None:
    write(centre)
    letter = write(centre)
    key = f"id:{centre.landed()[0]}"
    move_request.close(centre.house, Move(key=key), now=centre.now)

    centre.get(bounce(headers(letter, "Reply-To")))

    assert states(centre) == ["sent", "sent"]
    assert [one.automatic for one in centre.timeline(centre.landed()[0] or 0)] == [None, None, None, "bounce"]
    verdict = centre.mails()[-1]["verdict"]
    assert f"a letter of ours was not delivered ({ANNA}), and does not say which" in verdicts.told(verdict, "en")
    assert f"наше письмо не доставлено ({ANNA})" in verdicts.told(verdict, "ru")


@pytest.mark.parametrize("to", ["somebody@else.example", None])
def test_a_report_about_nobody_whom_we_wrote_to_fails_no_letter(centre: Centre, to: str | None) -> None:
    letter = write(centre)

    centre.get(bounce(headers(letter, "Reply-To"), to=to))

    assert states(centre) == ["sent"]
    assert centre.landed()[1] == centre.landed()[0]


def test_a_letter_that_is_late_has_not_failed(centre: Centre) -> None:
    letter = write(centre)

    centre.get(bounce(headers(letter, "Reply-To"), action="delayed"))

    assert states(centre) == ["sent"]
    assert centre.mails()[-1]["verdict"]["reason"] == ""


@pytest.mark.parametrize("sign", ["X-Caseline-Letter", "Reply-To"])
def test_a_forged_sign_lies_in_the_tray(centre: Centre, sign: str) -> None:
    letter = write(centre)
    forged = headers(letter, sign)
    at = forged.rindex("@") - 1
    forged = forged[:at] + ("a" if forged[at] != "a" else "b") + forged[at + 1 :]

    centre.get(bounce(forged), bounce(headers(letter, "References", "In-Reply-To", "X-Caseline")))

    assert [one["state"] for one in centre.mails()[1:]] == ["tray", "tray"]
    assert states(centre) == ["sent"]
