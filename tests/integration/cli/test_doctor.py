"""`caseline doctor` names what is wrong with its remedy, and changes and starts nothing."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from caseline.cli import door
from tests.factories import mail_server
from tests.factories.mail_server import free_port
from tests.integration.cli.conftest import Answer, Command, Query


def by_topic(answer: Answer) -> dict[str, dict[str, Any]]:
    return {one["topic"]: one for one in answer.object["findings"]}


@pytest.fixture
def healthy(caseline: Command, home: Path) -> Command:
    """A house that has been opened once, and saved."""
    assert caseline("status").code == 0
    assert caseline("backup", home / "backup.dump").code == 0
    return caseline


def test_a_house_in_order_is_told_line_by_line(healthy: Command) -> None:
    answer = healthy("doctor")

    assert answer.code == 0, answer.out
    assert "0 wrong" in answer.out
    for topic in ("version", "disk", "database", "clock", "tables", "backup", "outbox", "incoming mail", "event log"):
        assert f"ok      {topic}" in answer.out
    assert "warning services" in answer.out  # no `caseline up` here
    assert "do: type: caseline up" in answer.out


def test_where_nothing_runs_it_starts_nothing_and_says_what_to_type(
    caseline: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CASELINE_DATABASE_URL")
    monkeypatch.setenv("CASELINE_HOME", str(home / "fresh"))

    answer = caseline("doctor", "--json")

    assert answer.code == 3
    database = by_topic(answer)["database"]
    assert database["level"] == "error"
    assert "caseline db start" in database["remedy"]
    assert not (home / "fresh").exists()


def test_a_misspelled_setting_and_one_with_nonsense_are_named(
    healthy: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADRESS", "support@example.org")
    found = by_topic(healthy("doctor", "--json"))["settings"]
    assert found["text"].startswith("CASELINE_MAIL_ADRESS")
    assert found["level"] == "warning"

    monkeypatch.setenv("CASELINE_LEASE_SECONDS", "soon")
    answer = healthy("doctor", "--json")
    assert answer.code == 3
    assert "CASELINE_LEASE_SECONDS" in by_topic(answer)["settings"]["text"]


def test_a_database_that_is_gone_and_tables_of_another_version_are_named(
    healthy: Command, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    query("UPDATE caseline_version SET version_num = '0007'")
    answer = healthy("doctor", "--json")
    assert answer.code == 3
    assert "0007" in by_topic(answer)["tables"]["text"]
    assert query("SELECT version_num FROM caseline_version") == [("0007",)]  # looked at, not changed

    monkeypatch.setenv("CASELINE_DATABASE_URL", f"postgresql://me:secret-word@127.0.0.1:{free_port()}/none")
    answer = healthy("doctor", "--json")
    assert answer.code == 3
    assert by_topic(answer)["database"]["level"] == "error"
    assert "secret-word" not in answer.out + answer.err


def test_a_letter_that_nobody_sends_is_named(healthy: Command, query: Query) -> None:
    query(
        "INSERT INTO outbox.letter (nature, message_id, sender, reply_to, mark, subject, body, thread_index, queued_at,"
        " due_at, ancestors, secret_links) VALUES ('personal', '<1@example.org>', 'a@example.org', 'a@example.org', 'm',"
        " 's', 'b', '', now() - interval '3 hours', now() - interval '3 hours', '{}', '{}')"
    )

    answer = healthy("doctor", "--json")

    assert answer.code == 3
    outbox = by_topic(answer)["outbox"]
    assert outbox["text"] == "the oldest letter that is due has waited 3 h 0 min"
    assert "caseline outbox send" in outbox["remedy"]


def test_a_mail_server_is_knocked_at_and_gets_nothing(healthy: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")
    with mail_server.running() as server:
        monkeypatch.setenv("CASELINE_SMTP_URL", server.url())
        assert by_topic(healthy("doctor", "--json"))["mail server"]["level"] == "ok"
        assert server.mailbox.taken == []
    answer = healthy("doctor", "--json")
    assert answer.code == 3
    assert by_topic(answer)["mail server"]["level"] == "error"


def test_a_mailbox_that_does_not_answer_is_named_without_its_password(
    healthy: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")
    monkeypatch.setenv("CASELINE_MAILBOX", f"imaps://support:open-sesame@127.0.0.1:{free_port()}/INBOX")
    answer = healthy("doctor", "--json")
    assert answer.code == 3
    assert by_topic(answer)["mailbox"]["level"] == "error"
    assert "open-sesame" not in answer.out + answer.err


def test_a_clock_that_is_wrong_is_named(healthy: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    now = door.now
    monkeypatch.setattr(door, "now", lambda: now() - timedelta(seconds=90))
    answer = healthy("doctor", "--json")
    assert answer.code == 3
    clock = by_topic(answer)["clock"]
    assert clock["text"] in {
        "this machine and the database differ by 90 s",
        "this machine and the database differ by 91 s",
    }
    assert "NTP" in clock["remedy"]


def test_a_disk_that_is_full_is_named(healthy: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    full = type("Usage", (), {"free": 100 * 1024**2})
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: full)
    answer = healthy("doctor", "--json")
    assert answer.code == 3
    assert by_topic(answer)["disk"]["text"].startswith("0.1 GiB")


def test_campaigns_that_cannot_send_are_named(healthy: Command) -> None:
    assert healthy("feedback", "on", "smileys-on-closure").code == 0
    answer = healthy("doctor", "--json")
    assert answer.code == 3
    campaigns = by_topic(answer)["campaigns"]
    assert "smileys-on-closure" in campaigns["text"]
    assert "CASELINE_PUBLIC_URL" in campaigns["text"]
