"""Answers to letters of the system before us join the imported requests, and nothing imported writes to anybody."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.actions import assign, reply_to_client
from caseline.crm import tables as crm
from caseline.outbox import tables as outbox
from caseline.timing import store
from tests.factories import conversations, imports
from tests.factories.conversations import BEGIN, Centre, mail
from tests.factories.salesforce import Record, account, account_id, case, case_id, export

ROOT = "AdqHZ3Nv9kPzQW5VTDKCpIvJm3nTNw=="


def email(number: int, of: int, **fields: str) -> Record:
    """A mail of a case, from the client unless `fields` say otherwise."""
    return {
        "Id": f"02s{number:012d}AAA",
        "ParentId": case_id(of),
        "Incoming": "true",
        "FromAddress": "anna@client.example",
        "ToAddress": "support@desk.example",
        "Subject": "Old matter",
        "TextBody": f"Mail {number}",
        "MessageDate": "2026-02-10 10:00:00",
    } | fields


def letter(number: int, of: int, **fields: str) -> Record:
    """What the old system wrote to the client."""
    ours = {"Incoming": "false", "FromAddress": "support@desk.example", "ToAddress": "anna@client.example"}
    return email(number, of, **(ours | fields))


CONTACT = {
    "Id": "003000000000001AAA",
    "FirstName": "Anna",
    "LastName": "Client",
    "Email": "Anna@Client.example",
    "AccountId": account_id(1),
    "CreatedDate": "2024-01-15 10:00:00",
}

USER = {
    "Id": "005000000000001AAA",
    "LastName": "Dora",
    "Email": "dora@desk.example",
    "CreatedDate": "2024-01-15 10:00:00",
}


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Centre:
    """A centre whose register came with an import: three open requests, one closed 13 days ago, one 15."""
    known = {"AccountId": account_id(1), "ContactId": "003000000000001AAA", "CreatedDate": "2026-01-10 10:00:00"}
    closed = {
        number: {"Status": "Closed", "ClosedDate": f"{BEGIN - timedelta(days=days):%Y-%m-%d %H:%M:%S}"}
        for number, days in ((4, 13), (5, 15))
    }
    cases = [case(number, **known, **closed.get(number, {})) for number in range(1, 6)]
    mails = [
        email(1, 1, MessageIdentifier="<first@client.example>"),
        letter(2, 1, MessageIdentifier="<000001.old@sfdc.example>", ThreadIdentifier="<first@client.example>"),
        letter(3, 2, MessageIdentifier="000002.old@sfdc.example"),
        letter(4, 3, MessageIdentifier="<000003.old@sfdc.example>", ThreadIdentifier="<began-it@client.example>"),
        letter(5, 3, MessageIdentifier="<000004.old@sfdc.example>", ThreadIdentifier=ROOT),
        letter(6, 4, MessageIdentifier="<000005.old@sfdc.example>"),
        letter(7, 5, MessageIdentifier="<000006.old@sfdc.example>"),
    ]
    old = export(
        tmp_path / "export", User=[USER], Account=[account(1)], Contact=[CONTACT], Case=cases, EmailMessage=mails
    )
    desk = imports.desk(database_url, tmp_path)
    desk.run(old)
    assert desk.totals()["success"] == len(cases)
    assert desk.totals("email")["success"] == len(mails)
    return conversations.centre(database_url, tmp_path)


def origins(centre: Centre) -> list[str | None]:
    """Of the request of each mail, its origin in the old system; None for one of our own."""
    with centre.house.engine.connect() as connection:
        query = sa.select(crm.record.c.origin)
        return [connection.execute(query.where(crm.record.c.id == one)).scalar_one() for one in centre.landed()]


def letters(centre: Centre) -> int:
    with centre.house.engine.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(outbox.letter)).scalar_one())


@pytest.mark.parametrize(
    ("headers", "number", "rule"),
    [
        ({"In_Reply_To": "<000001.old@sfdc.example>"}, 1, "stored_id"),
        ({"References": "<first@client.example>"}, 1, "stored_id"),
        ({"In_Reply_To": "<000002.old@sfdc.example>"}, 2, "stored_id"),
        ({"References": "<began-it@client.example> <lost@client.example>"}, 3, "stored_id"),
        ({"Thread_Index": "AdqHZ3Nv9kPzQW5VTDKCpIvJm3nTNwAAAAEB"}, 3, "thread_index"),
    ],
    ids=["in brackets", "own first mail", "without brackets", "id of a thread", "Thread-Index"],
)
def test_an_answer_to_an_old_letter_joins_its_imported_request(
    centre: Centre, headers: dict[str, str], number: int, rule: str
) -> None:
    centre.get(mail("Есть новости?", subject="Re: другое", Message_ID="<new@client.example>", **headers))  # type: ignore[arg-type]  # the rest by name

    assert origins(centre) == [case_id(number)]
    verdict = centre.mails()[0]["verdict"]
    assert (verdict["act"], verdict["rule"], verdict["relation"]) == ("join", rule, "requester")
    assert centre.timeline(centre.landed()[0] or 0)[-1].text.strip() == "Есть новости?"


def test_a_colleague_of_the_imported_company_joins_and_a_stranger_does_not(centre: Centre) -> None:
    with centre.house.engine.begin() as connection:
        connection.execute(sa.update(crm.company).values(website="https://client.example"))
    letter_id = "<000002.old@sfdc.example>"

    centre.get(*(mail(sender=f"{one}.example", In_Reply_To=letter_id) for one in ("boris@client", "eve@elsewhere")))

    assert origins(centre) == [case_id(2), None]
    assert centre.mails()[1]["verdict"]["linked"] == [centre.landed()[0]]


def test_an_imported_request_that_was_closed_lately_is_opened_again_and_an_older_one_is_followed(
    centre: Centre,
) -> None:
    centre.get(mail(In_Reply_To="<000005.old@sfdc.example>"), mail(In_Reply_To="<000006.old@sfdc.example>"))

    assert origins(centre) == [case_id(4), None]
    assert [one["verdict"]["act"] for one in centre.mails()] == ["reopen", "new"]
    with centre.house.engine.connect() as connection:
        query = sa.select(crm.record.c.closed_at.is_(None)).where(crm.record.c.origin.in_([case_id(4), case_id(5)]))
        assert connection.execute(query.order_by(crm.record.c.origin)).scalars().all() == [True, False]


def test_nothing_imported_writes_to_anybody(centre: Centre) -> None:
    centre.get(mail(In_Reply_To="<000001.old@sfdc.example>"), mail(In_Reply_To="<000005.old@sfdc.example>"))
    assign.remind(centre.house, now=centre.now)

    assert letters(centre) == 0


def test_an_imported_request_is_answered_where_there_is_no_calendar_yet(centre: Centre) -> None:
    with centre.house.engine.connect() as connection:
        assert store.default(connection) is None

    written = reply_to_client.reply(centre.house, "id:1", "We look", by=None, now=centre.now)

    assert (written.new, written.state) == (True, "queued")
