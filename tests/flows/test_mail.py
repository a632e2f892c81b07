"""The flow `ingest-mail` on a mail server that lies in this test."""

import pytest

from flows.ingest_mail import ingest_mail
from tests.factories import lying_imap, mails
from tests.factories.flow_runs import Api

pytestmark = pytest.mark.prefect


def test_a_run_says_what_came_and_what_does_not_work(
    api: Api, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")
    with lying_imap.serving({uid: mails.raw(uid) for uid in (1, 2, 3)}) as server:
        monkeypatch.setenv("CASELINE_MAILBOX", server.address)
        server.lie = lambda _tag, command: b"" if command.startswith("UID FETCH 2 (BODY") else None

        ingest_mail()

    page = api.artifacts(api.last_run()["id"])["mail"]
    assert "| New mails | 2 |" in page
    assert "| Taken into requests | 2 |" in page
    assert "folder INBOX, mail 2: " in page
    assert lying_imap.PASSWORD not in page


def test_without_a_mailbox_there_is_nothing_to_do(api: Api, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)

    ingest_mail()

    assert api.artifacts(api.last_run()["id"]) == {}


def test_beside_a_portal_mails_are_stored_and_the_run_says_why_no_more(
    api: Api, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    monkeypatch.setenv("CASELINE_CRM", "bitrix24")
    monkeypatch.setenv("CASELINE_BITRIX24_URL", "http://127.0.0.1:9/rest/1/secret/")
    with lying_imap.serving({uid: mails.raw(uid) for uid in (1, 2)}) as server:
        monkeypatch.setenv("CASELINE_MAILBOX", server.address)

        ingest_mail()

    run = api.last_run()
    page = api.artifacts(run["id"])["mail"]
    assert run["state"]["type"] == "COMPLETED"
    assert "| New mails | 2 |" in page
    assert "| Taken into requests | 0 |" in page
    assert "stored and not taken in: bitrix24 does not offer making requests of mails from here" in page
