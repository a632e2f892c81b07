"""Letters of asks, from the table to a real mail server: once, with their links, and with nothing left of the secrets."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email import policy as policies
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from caseline.actions import keep_pictures, write_alone
from caseline.actions.editing import Editor
from caseline.actions.write_alone import Lone
from caseline.feedback import agreement_words, ask_links, books, links
from caseline.feedback.agreement_words import AgreementWords
from caseline.feedback.states import State
from caseline.outbox import faces
from caseline.outbox.faults import OutboxFault
from caseline.outbox.letters import Address, Nature
from caseline.outbox.tags import Tag
from caseline.settings import SettingsError
from tests.factories import asked
from tests.factories.asked import ANNA, FORM, PUBLIC, Asking
from tests.factories.conversations import OWN, mail

LINK = re.compile(rf"{PUBLIC}/f/smileys/request/([A-Za-z0-9_-]{{12}})\.([A-Za-z0-9_-]{{43}})")


@pytest.fixture
def asking(database_url: str, tmp_path: Path) -> Iterator[Asking]:
    with asked.asking(database_url, tmp_path) as made:
        yield made


def taken(asking: Asking, place: int = 0) -> EmailMessage:
    message = message_from_bytes(asking.box.taken[place].content, policy=policies.default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_a_letter_about_a_request_leaves_with_links_that_open_its_page_and_pictures(asking: Asking) -> None:
    ask = asking.ask()

    letter_id = asking.write(ask)
    assert asking.send() == 1

    message, parcel = taken(asking), asking.box.taken[0]
    text, html = part(message, "plain"), part(message, "html")
    (found,) = set(LINK.findall(text))
    public_id, secret = found
    assert public_id == ask.public_id
    page = f"{PUBLIC}/f/smileys/request/{public_id}.{secret}"
    for value, word in enumerate(("очень плохо", "плохо", "нормально", "хорошо", "отлично"), 1):
        assert f"{value} — {word}: {page}/{value}" in text
        assert f'href="{page}/{value}"' in html
    assert f'href="{page}"' in html
    with asking.centre.house.engine.connect() as connection:
        digests = ask_links.digests(public_id).on(connection)
    assert digests == [links.digest(secret)]

    assert message["List-Unsubscribe"] == f"<{PUBLIC}/u/{public_id}.{secret}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert parcel.sender == OWN  # a report that it did not arrive comes back
    assert asking.centre.mint().read_address(str(message["Reply-To"]).strip("<>")) is not None
    assert message["In-Reply-To"] == "<1@client.example>"
    related = message.get_body(("related",))
    assert related is not None
    assert [one.get_content_type() for one in related.iter_parts()] == ["text/html", *["image/png"] * 5]

    kept = asking.letter(letter_id)
    shown = asking.centre.timeline(asking.request)[-1]
    for words in (kept.subject, kept.text, str(kept.html), str(kept.unsubscribe), shown.text):
        assert secret not in words
    assert f"{PUBLIC}/f/smileys/request/{public_id}.[…]/5" in shown.text
    assert shown.automatic == "ask"
    assert shown.attachments == ()


def test_an_ask_has_one_letter_and_one_reminder_whatever_is_called_again(asking: Asking) -> None:
    ask = asking.ask()

    first, reminder = asking.write(ask), asking.write(ask, reminder=True)
    again = [asking.write(ask), asking.write(ask, reminder=True)]

    assert again == [first, reminder]
    assert asking.rows("SELECT occasion FROM outbox.letter ORDER BY id") == [
        (f"ask {ask.id}",),
        (f"ask {ask.id} reminder",),
    ]
    assert asking.rows("SELECT count(*) FROM feedback.secret") == [(2,)]
    assert len([one for one in asking.centre.timeline(asking.request) if one.automatic == "ask"]) == 2
    assert asking.send() == 2
    secrets = {secret for place in (0, 1) for _, secret in LINK.findall(part(taken(asking, place), "plain"))}
    assert len(secrets) == 2


def test_an_ask_that_failed_and_was_repaired_is_written_anew(asking: Asking) -> None:
    ask = asking.ask()
    first = asking.write(ask)
    asking.move(ask.id, State.FAILED, reason="bounced")
    ask = asking.move(ask.id, State.DRAFT, State.QUEUED, address="new@client.example")

    second = asking.write(ask)

    assert second != first
    assert asking.write(ask) == second
    assert [one.address for one in asking.letter(second).recipients] == ["new@client.example"]


def test_the_words_and_number_of_smileys_are_those_of_the_form(asking: Asking) -> None:
    options = [{"code": str(n), "label": {"ru": w, "en": e}} for n, w, e in ((1, "Нет", "No"), (2, "Да", "Yes"))]
    question = {"key": "rating", "kind": "smileys", "to": 2, "label": "Помогли?", "options": options}
    _reform(asking, {**FORM, "questions": [question]})
    ask = asking.ask(language="en")

    asking.write(ask)
    asking.send()

    text = part(taken(asking), "plain")
    assert re.findall(r"(\d) — (\w+): \S+/(\d)$", text, re.MULTILINE) == [("1", "No", "1"), ("2", "Yes", "2")]
    assert "No. 1 of 02 Mar 2026" in text
    assert "How did we do?" in part(taken(asking), "html")


def _reform(asking: Asking, document: dict[str, object]) -> None:
    with asking.centre.house.engine.begin() as connection:
        asking.version_id = books.save_form(connection, "smileys", document, by="t", now=asking.centre.now)


@pytest.mark.parametrize("missing", ["CASELINE_PUBLIC_URL", "CASELINE_MAIL_ADDRESS"])
def test_without_an_address_of_ours_nothing_is_half_done(database_url: str, tmp_path: Path, missing: str) -> None:
    with asked.asking(database_url, tmp_path) as asking:
        ask = asking.ask()
        house = asking.centre.house
        bare = house.settings.model_copy(update={missing.removeprefix("CASELINE_").lower(): None})
        asking.centre.house = type(house)(bare, house.url, house.engine, house.crm)

        with pytest.raises(SettingsError, match=missing):
            asking.write(ask)

        counts = "SELECT (SELECT count(*) FROM outbox.letter), (SELECT count(*) FROM feedback.secret)"
        assert asking.rows(counts) == [(0, 0)]
        assert len(asking.centre.timeline(asking.request)) == 1


@pytest.mark.parametrize(
    ("changes", "campaign", "why"),
    [
        ({"subject_id": 999_999}, {}, "record 999999, which it is about, is gone"),
        ({"subject": "agreement", "subject_id": 999_999}, {}, "agreement 999999, which it is about, is gone"),
        ({}, {"letter": "ask_nothing"}, "there is no template 'ask_nothing' in 'ru'"),
    ],
)
def test_what_cannot_be_written_is_told_and_leaves_nothing(
    asking: Asking, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], campaign: dict[str, Any], why: str
) -> None:
    monkeypatch.setattr(agreement_words, "of", lambda _connection, _id: None)
    ask = asking.ask(**changes)

    with pytest.raises(OutboxFault, match=re.escape(why)):
        asking.write(ask, **campaign)

    assert asking.rows("SELECT count(*) FROM feedback.secret") == [(0,)]


def test_a_letter_about_an_agreement_is_in_no_thread_and_its_answer_is_a_new_request(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = AgreementWords("П-17/26", "Ремонт насосов", "ООО «Пример»", "Анна", "Иван")
    monkeypatch.setattr(agreement_words, "of", lambda _connection, _id: said)
    first, second = asking.ask("agreement", 1, service="repair"), asking.ask("agreement", 2, service="repair")

    letter_id = asking.write(first, letter="ask_review")
    asking.write(second, letter="ask_review")
    assert asking.send() == 2

    message = taken(asking)
    text = part(message, "plain")
    assert "услугу «Ремонт насосов» по договору П-17/26" in text
    assert "Здравствуйте, Анна!" in text
    assert f"{PUBLIC}/f/smileys/repair/{first.public_id}." in text
    assert message["Reply-To"] == OWN
    assert asking.letter(letter_id).thread.record_id is None

    before = asking.centre.landed()
    asking.centre.get(mail("Спасибо", In_Reply_To=str(message["Message-ID"]), Message_ID="<9@client.example>"))
    after = asking.centre.landed()
    assert len(after) == len(before) + 1
    assert after[-1] not in {*before, None}

    asking.centre.get(report(str(message["Message-ID"])))
    assert asking.letter(letter_id).state == "failed"
    assert asking.centre.landed()[-1] is None


def report(message_id: str) -> bytes:
    """What a server says of a letter that it could not deliver."""
    lines = [
        "From: MAILER-DAEMON@client.example",
        f"To: {OWN}",
        "Subject: Undelivered",
        "Message-ID: <bounce@client.example>",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "MIME-Version: 1.0",
        "",
        *("--b", "Content-Type: text/plain", "", "Nobody of this name", ""),
        *("--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; client.example", ""),
        *(f"Final-Recipient: rfc822; {ANNA}", "Action: failed", "Status: 5.1.1", ""),
        *("--b", "Content-Type: text/rfc822-headers", "", f"Message-ID: {message_id}", "", "--b--", ""),
    ]
    return "\r\n".join(lines).encode()


def test_a_picture_of_the_same_name_takes_the_place_of_the_shipped_one_in_later_letters(asking: Asking) -> None:
    house, editor = asking.centre.house, Editor("anna", asking.centre.now)
    first = asking.write(asking.ask())
    keep_pictures.replace(house, "smiley-5", faces.face(1), editor)
    keep_pictures.replace(house, "logo", faces.face(3), editor)

    second = asking.write(asking.ask(period="later"))

    held = {one.cid: one.content for one in asking.letter(first).attachments}
    later = {one.cid: one.content for one in asking.letter(second).attachments}
    assert held["smiley-5@caseline"] == faces.face(5)
    assert later["smiley-5@caseline"] == faces.face(1)
    assert set(later) - set(held) == {"logo@caseline"}
    assert asking.rows("SELECT count(*) FROM outbox.picture") == [(5,)]  # each content once
    keep_pictures.restore(house, "smiley-5", editor)
    assert keep_pictures.every(house)["smiley-5"].content == faces.face(5)


def test_many_asks_leave_at_once_without_the_brake_against_loops(database_url: str, tmp_path: Path) -> None:
    with asked.asking(database_url, tmp_path, {"mail_brake": 2}) as asking:
        for number in range(4):
            asking.write(asking.ask(period=f"{number}"))

        assert asking.send() == 4
        assert asking.rows("SELECT DISTINCT state FROM outbox.letter") == [("sent",)]


def test_a_manager_is_asked_for_an_address_by_a_letter_that_belongs_to_no_record(asking: Asking) -> None:
    house, now = asking.centre.house, asking.centre.now
    values = {
        Tag.ASSIGNEE_NAME: "Иван",
        Tag.AGREEMENT_NUMBER: "П-17/26",
        Tag.SERVICE: "Ремонт насосов",
        Tag.COMPANY: "ООО «Пример»",
        Tag.LINK: "https://desk.example/agreements/17",
    }
    to = Address("ivan@desk.example", "Иван")
    lone = Lone(
        template="ask_address",
        language="ru",
        to=to,
        values=values,
        nature=Nature.NOTICE,
        occasion="agreement 17 address",
    )

    with house.engine.begin() as connection:
        written = {write_alone.write(house, connection, lone, now=now) for _ in range(2)}

    assert len(written) == 1
    assert asking.send() == 1
    message = taken(asking)
    assert message["List-Unsubscribe"] is None
    assert message["Reply-To"].addresses[0].addr_spec == OWN
    text = part(message, "plain")
    assert "Договор: П-17/26\nУслуга: Ремонт насосов\nКлиент: ООО «Пример»" in text
    assert "Выбрать адрес: https://desk.example/agreements/17" in text
