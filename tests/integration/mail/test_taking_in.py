"""What becomes of mails: requests of their own or messages of others, automatic ones aside, each once, with its reason."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.actions import keep_mails, move_request, reply_to_client, take_in_mail
from caseline.actions.move_request import Move
from caseline.crm import tables as crm
from caseline.crm.cards import Refused
from caseline.files.faults import StoreTrouble
from caseline.mail import verdicts
from caseline.mail.queue_store import MOST_ATTEMPTS
from caseline.outbox.tables import letter
from tests.factories import conversations, s3
from tests.factories.conversations import Centre, mail
from tests.unit.mail.corpus import building


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Centre:
    return conversations.centre(database_url, tmp_path)


def test_a_first_mail_opens_a_request_of_a_new_contact(centre: Centre) -> None:
    centre.get(mail(Message_ID="<1@client.example>"))

    (record_id,) = centre.landed()
    (message,) = centre.timeline(record_id or 0)
    assert (message.text.strip(), message.sender) == ("Не работает принтер", "Anna Client <anna@client.example>")
    with centre.house.engine.connect() as connection:
        query = sa.select(crm.record.c.subject, crm.record.c.channel, crm.contact.c.name, crm.contact.c.email)
        rows = connection.execute(query.join(crm.contact, crm.contact.c.id == crm.record.c.contact_id)).all()
    assert rows == [("Вопрос", "mail", "Anna Client", "anna@client.example")]


def test_a_reply_joins_whatever_its_subject_says(centre: Centre) -> None:
    centre.get(
        mail(Message_ID="<1@client.example>"),
        mail("Ещё вопрос", subject="Совсем другое", Message_ID="<2@c>", In_Reply_To="<1@client.example>"),
    )

    first, second = centre.landed()
    assert first == second


def test_the_same_subject_joins_nobody(centre: Centre) -> None:
    centre.get(
        mail(Message_ID="<1@client.example>"),
        mail("Другое", subject="Re: Вопрос", Message_ID="<2@client.example>"),
        mail("Третье", sender="boris@other.example", subject="Вопрос", Message_ID="<3@other.example>"),
    )

    assert len(set(centre.landed())) == 3


def test_a_token_in_the_address_joins_though_all_headers_are_stripped(centre: Centre) -> None:
    centre.get(mail(Message_ID="<1@client.example>"))
    (record_id,) = centre.landed()

    centre.get(mail("Добавлю", sender="new@elsewhere.example", to=centre.reply_address(record_id or 0)))

    assert centre.landed() == [record_id, record_id]
    assert [one.unverified for one in centre.timeline(record_id or 0)] == [False, True]


def test_a_stranger_who_names_a_mail_of_others_gets_a_request_that_is_linked(centre: Centre) -> None:
    centre.get(
        mail(Message_ID="<1@client.example>"),
        mail("Я тоже", sender="eve@elsewhere.example", Message_ID="<9@e>", References="<1@client.example>"),
    )

    first, second = centre.landed()
    assert first != second
    verdict = centre.mails()[1]["verdict"]
    assert verdict["linked"] == [first]
    assert f"связано с {first}" in verdicts.told(verdict, "ru")


def test_a_mail_that_comes_twice_is_one_message(centre: Centre) -> None:
    first = mail(Message_ID="<1@client.example>")
    again = b"Received: from other.example\r\n" + first

    centre.get(first, again, first)

    assert [one["state"] for one in centre.mails()] == ["done", "same"]
    assert len(centre.timeline(centre.landed()[0] or 0)) == 1


def test_a_message_id_that_is_used_again_loses_nothing(centre: Centre) -> None:
    centre.get(mail("one", Message_ID="<x@parcels.example>"), mail("two", Message_ID="<x@parcels.example>"))

    assert [one["state"] for one in centre.mails()] == ["done", "done"]
    assert [bool(one["id_reused"]) for one in centre.mails()] == [False, True]
    assert [keep_mails.verdict(centre.house, number).as_dict()["id_reused"] for number in (1, 2)] == [False, True]


def test_an_automatic_mail_that_belongs_to_nothing_lies_in_the_tray(centre: Centre) -> None:
    centre.get(mail("Я в отпуске", Auto_Submitted="auto-replied", Message_ID="<1@client.example>"))

    (found,) = centre.mails()
    assert (found["state"], found["record_id"], found["automatic"]) == ("tray", None, "out-of-office")


def test_an_automatic_answer_joins_its_request_and_does_not_open_it_again(centre: Centre) -> None:
    centre.get(mail(Message_ID="<1@client.example>"))
    (record_id,) = centre.landed()
    move_request.close(centre.house, Move(key=f"id:{record_id}"), now=centre.now + timedelta(minutes=5))
    centre.now += timedelta(minutes=10)

    centre.get(mail("Я в отпуске", Auto_Submitted="auto-replied", In_Reply_To="<1@client.example>"))

    assert [one.automatic for one in centre.timeline(record_id or 0)] == [None, "out-of-office"]
    with centre.house.engine.connect() as connection:
        assert connection.execute(sa.select(crm.record.c.closed_at)).scalar_one() is not None


def test_an_answer_opens_its_request_again(centre: Centre) -> None:
    centre.get(mail(Message_ID="<1@client.example>"))
    (record_id,) = centre.landed()
    move_request.close(centre.house, Move(key=f"id:{record_id}"), now=centre.now + timedelta(minutes=5))
    centre.now += timedelta(days=13)

    centre.get(mail("Опять", In_Reply_To="<1@client.example>"))

    assert centre.landed() == [record_id, record_id]
    with centre.house.engine.connect() as connection:
        assert connection.execute(sa.select(crm.record.c.closed_at)).scalar_one() is None


@pytest.mark.parametrize(("days", "lands"), [(1, 2), (14, 1), (30, 1)])
def test_how_long_an_answer_opens_a_request_again_is_a_setting(
    database_url: str, tmp_path: Path, days: int, lands: int
) -> None:
    centre = conversations.centre(database_url, tmp_path, mail_reopen_days=days)
    centre.get(mail(Message_ID="<1@client.example>"))
    move_request.close(centre.house, Move(key="id:1"), now=centre.now)
    centre.now += timedelta(days=2)

    centre.get(mail("Опять", In_Reply_To="<1@client.example>"))

    assert centre.landed() == [1, lands]


def test_an_answer_that_comes_before_what_it_answers_shares_its_request(centre: Centre) -> None:
    centre.get(
        mail("Ответ", Message_ID="<2@client.example>", In_Reply_To="<1@client.example>"),
        mail("Вопрос", Message_ID="<1@client.example>"),
    )

    first, second = centre.landed()
    assert first == second


def test_a_mail_from_our_own_address_opens_nothing(centre: Centre) -> None:
    centre.get(mail(sender=conversations.OWN, Message_ID="<1@desk.example>"))

    assert [(one["state"], one["automatic"]) for one in centre.mails()] == [("tray", "loop")]


def test_whoever_opens_a_request_hears_of_it_once_where_that_is_wanted(database_url: str, tmp_path: Path) -> None:
    centre = conversations.centre(database_url, tmp_path, mail_acknowledge=True)

    centre.get(mail(Message_ID="<1@client.example>"), mail("Ещё", In_Reply_To="<1@client.example>"))
    centre.get(mail("Я в отпуске", Auto_Submitted="auto-replied", sender="away@client.example"))

    with centre.house.engine.connect() as connection:
        rows = connection.execute(sa.select(letter.c.record_id, letter.c.nature, letter.c.in_reply_to)).all()
    assert rows == [(centre.landed()[0], "reply", "<1@client.example>")]


def test_a_client_who_answers_moves_the_request_on(database_url: str, tmp_path: Path) -> None:
    centre = conversations.centre(database_url, tmp_path, mail_resume_stage="working")
    centre.get(mail(Message_ID="<1@client.example>"))
    key = f"id:{centre.landed()[0]}"
    move_request.move(centre.house, Move(key=key, stage="waiting"), now=centre.now + timedelta(minutes=1))
    centre.now += timedelta(minutes=2)

    centre.get(mail("Вот", In_Reply_To="<1@client.example>"))

    with centre.house.engine.connect() as connection:
        assert connection.execute(sa.select(crm.record.c.stage)).scalar_one() == "working"


def test_a_mail_of_the_tray_becomes_a_request_when_somebody_says_so(centre: Centre) -> None:
    centre.get(mail("Счёт", Auto_Submitted="auto-generated", Message_ID="<1@shop.example>"))

    card = take_in_mail.open_from_tray(centre.house, 1, by=None, now=centre.now)

    (found,) = centre.mails()
    assert (found["state"], found["record_id"], found["verdict"]["by"]) == ("done", card.id, "person")
    assert [one.text.strip() for one in centre.timeline(card.id)] == ["Счёт"]
    with pytest.raises(Refused, match="not in the tray"):
        take_in_mail.open_from_tray(centre.house, 1, by=None, now=centre.now)


def test_a_bounce_of_our_letter_stands_in_its_request_and_on_the_letter(centre: Centre) -> None:
    centre.get(mail(Message_ID="<1@client.example>"))
    reply_to_client.reply(centre.house, f"id:{centre.landed()[0]}", "Смотрим", by=None, now=centre.now)
    with centre.house.engine.begin() as connection:
        connection.execute(sa.update(letter).values(state="sent", done_at=centre.now))
        message_id = connection.execute(sa.select(letter.c.message_id)).scalar_one()

    centre.get(bounce(message_id), bounce("<forged@elsewhere.example>"))

    assert [one["state"] for one in centre.mails()] == ["done", "done", "tray"]
    assert [one.automatic for one in centre.timeline(centre.landed()[0] or 0)] == [None, None, "bounce"]
    with centre.house.engine.connect() as connection:
        assert connection.execute(sa.select(letter.c.state)).scalar_one() == "failed"


def bounce(message_id: str) -> bytes:
    lines = [
        "From: MAILER-DAEMON@client.example",
        f"To: {conversations.OWN}",
        "Subject: Undelivered",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "MIME-Version: 1.0",
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "It did not arrive.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; client.example",
        "",
        "Final-Recipient: rfc822; anna@client.example",
        "Action: failed",
        "Status: 5.1.1",
        "",
        "--b",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: {message_id}",
        "",
        "--b--",
        "",
    ]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    "head",
    [
        b'From: "a\x00b"@x.example\r\nMessage-ID: <n@x>',
        b'From: a@x.example\r\nTo: "a\x00b"@x.example\r\nMessage-ID: <n@x>',
        b"From: a@x.example\r\nMessage-ID: a\x00b@c.example",
        b"From: a@x.example\r\nMessage-ID: <n@x>\r\nIn-Reply-To: <a\x00b@c.example",
    ],
)
def test_a_nul_in_an_address_or_an_id_holds_up_no_other_mail(centre: Centre, head: bytes) -> None:
    centre.get(head + b"\r\n\r\nhi", mail(Message_ID="<later@client.example>"))

    assert [one["state"] for one in centre.mails()] == ["done", "done"]


def test_while_the_store_of_files_does_not_work_mails_wait_and_no_attempt_counts(
    database_url: str, tmp_path: Path
) -> None:
    raw = building.multipart(b"multipart/mixed", [building.plain(), building.attached(b"a.bin", b"one")])
    with s3.scripted((403, s3.fault("InvalidAccessKeyId")), s3.FINE) as store:
        address = f"http://{s3.KEY}:{s3.SECRET}@127.0.0.1:{store.port}/{s3.BUCKET}"
        centre = conversations.centre(database_url, tmp_path, files_s3=address)
        for _ in range(MOST_ATTEMPTS + 1):
            store.answers.insert(0, (403, s3.fault("InvalidAccessKeyId")))
            with pytest.raises(StoreTrouble, match="CASELINE_FILES_S3") as told:
                centre.get(raw)
            assert s3.SECRET not in str(told.value)
        store.answers = [s3.FINE]
        assert [(one["state"], one["attempts"], one["error"]) for one in centre.mails()] == [("received", 0, None)]
        assert centre.landed() == [None]

        centre.get(raw)

    (record_id,) = centre.landed()
    (message,) = centre.timeline(record_id or 0)
    assert [(one.name, one.sha256 is not None) for one in message.attachments] == [("a.bin", True)]
