"""The commands `caseline mail`, on the sandbox that they bring along."""

import json
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import imapclient
import psutil
import pytest

from caseline.mail import mailboxes

ROOT = Path(__file__).parents[3]
MADE_UP = 8


@contextmanager
def sandbox(*words: str) -> Iterator[dict[str, Any]]:
    """A post office in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "caseline.cli",
        "mail",
        "sandbox",
        "--json",
        "--smtp-port",
        "0",
        "--imap-port",
        "0",
    ]
    with subprocess.Popen([*command, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        said["pid"] = process.pid
        try:
            yield said
        except BaseException:
            process.kill()  # or leaving would wait for it for ever
            raise
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == (-signal.SIGKILL if said.get("killed") else 0)


def test_a_post_office_that_keeps_its_mails_has_them_after_it_was_killed(
    caseline: Callable[..., Any], tmp_path: Path
) -> None:
    words = ("--samples", "2", "--keep", str(tmp_path / "post"))
    with sandbox(*words) as office:
        for number in range(3):
            done = caseline(
                *("mail", "sandbox", "send", "--subject", f"Letter {number}", "--smtp-port", office["smtp_port"])
            )
            assert done.code == 0
        before = lying_in(office["support"])
        psutil.Process(office["pid"]).kill()
        office["killed"] = True

    with sandbox(*words) as office:
        assert lying_in(office["support"]) == before

    assert [len([one for one in before if f"Letter {number}".encode() in one]) for number in range(3)] == [1, 1, 1]
    assert len(before) == 5


@pytest.fixture(scope="module")
def post_office() -> Iterator[dict[str, Any]]:
    with sandbox() as said:
        yield said


@pytest.fixture
def mail(
    caseline: Callable[..., Any], post_office: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """`caseline mail` with the sandbox's mailbox."""
    monkeypatch.setenv("CASELINE_MAILBOX", post_office["support"])
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")
    return lambda *words: caseline("mail", *words)


def lying_in(address: str) -> list[bytes]:
    box = mailboxes.read(address)
    with imapclient.IMAPClient(box.host, box.port, ssl=False) as client:
        client.login(box.user, box.password)
        client.select_folder("INBOX", readonly=True)
        return [said[b"BODY[]"] for said in client.fetch(client.search(), ["BODY.PEEK[]"]).values()]


def test_made_up_mails_become_requests(mail: Callable[..., Any]) -> None:
    found = mail("fetch", "--json").object

    assert found["fetched"]["fetched"] >= MADE_UP
    assert found["taken_in"]["done"] == found["fetched"]["fetched"]
    listed = mail("list", "--json").object
    assert len(listed["mails"]) == found["fetched"]["fetched"]
    assert mail("fetch", "--json").object["fetched"]["fetched"] == 0


def test_what_a_client_writes_comes_to_support_and_what_is_sent_to_others_to_others(
    mail: Callable[..., Any], post_office: dict[str, Any]
) -> None:
    mail("fetch")
    port = post_office["smtp_port"]
    words = ("--from", "vera@client.example", "--to", "support+17@any.example", "--to", "petr@partner.example")

    sent = mail("sandbox", "send", "--smtp-port", port, *words, "--subject", "Принтер", "--text", "Не печатает")

    assert sent.code == 0
    assert mail("fetch", "--json").object["fetched"]["fetched"] == 1
    newest = mail("list", "--json").object["mails"][0]
    assert (newest["sender"], newest["subject"], newest["state"]) == ("vera@client.example", "Принтер", "done")
    assert [raw.splitlines()[:2] for raw in lying_in(post_office["others"])] == [
        [b"Return-Path: <vera@client.example>", b"Delivered-To: petr@partner.example"]
    ]


def test_the_bytes_of_a_mail_are_given_back_as_they_came(
    mail: Callable[..., Any], post_office: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "odd.eml"
    odd = b"From: a@client.example\r\nSubject: \xf1\xeb\xee\xe2\xee\r\n\r\n\xff\xfe odd\r\n"
    file.write_bytes(odd)
    port = post_office["smtp_port"]
    mail("sandbox", "send", "--smtp-port", port, "--from", "a@client.example", "--write", file)
    mail("fetch")
    (last,) = mail("list", "--limit", "1", "--json").object["mails"]

    words = [sys.executable, "-m", "caseline.cli", "mail", "raw", str(last["id"])]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=True)

    assert done.stdout.endswith(odd)


def test_a_number_that_no_mail_has_is_said(mail: Callable[..., Any]) -> None:
    assert "mail 77: not in quarantine" in mail("retry", 77).err
    assert "mail 77: there is none with this number" in mail("raw", 77).err


def test_stored_mails_and_files_are_shown_in_the_order_given_whatever_is_missing(
    mail: Callable[..., Any], tmp_path: Path
) -> None:
    mail("fetch")
    file = tmp_path / "a.eml"
    file.write_bytes(b"From: a@client.example\r\nSubject: of a file\r\n\r\nx\r\n")

    answer = mail("show", file, 77, 2, "9" * 30, file)

    assert answer.code == 1
    shown = [json.loads(line) for line in answer.out.splitlines()]
    assert [one.get("mail") for one in shown] == [None, 2, None]
    assert [one["verdict"] is None for one in shown] == [True, False, True]
    assert "mail 77: there is none with this number" in answer.err
    assert f"mail {'9' * 30}: there is none" in answer.err


def test_why_a_mail_landed_where_it_is_is_said_in_english_unless_another_language_is_named(
    mail: Callable[..., Any],
) -> None:
    mail("fetch")

    assert mail("why", 1).out.startswith("opened request 1")
    assert mail("why", 1, "--lang", "ru").out.startswith("создано обращение 1")


@pytest.mark.parametrize(
    "words",
    [
        ("mail", "why"),
        ("mail", "split"),
        ("mail", "raw"),
        ("mail", "retry"),
        ("outbox", "show"),
        ("outbox", "retry"),
        ("outbox", "list", "--request"),
        ("assignment", "done"),
        ("assignment", "resend"),
        ("rollback",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("number", [2**63, 0])
def test_a_number_that_nothing_can_have_is_wrong_usage(
    caseline: Callable[..., Any], words: tuple[str, ...], number: int
) -> None:
    answer = caseline(*words, number)

    assert answer.code == 2
    assert "Input should be" in answer.err


def test_a_quarantined_mail_is_listed_with_its_reason_and_put_back(
    mail: Callable[..., Any], query: Callable[..., Any]
) -> None:
    mail("fetch")
    query("UPDATE mail.mail SET state = 'quarantine', error = 'made no sense', attempts = 5 WHERE id = 2")

    listed = mail("list", "--quarantine")
    assert "made no sense" in listed.out
    assert mail("retry", 2).code == 0
    assert mail("fetch", "--json").object["taken_in"]["done"] == 1


def test_a_wrong_password_is_said_with_its_remedy_and_not_shown(
    mail: Callable[..., Any], post_office: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailboxes.read(post_office["support"])
    monkeypatch.setenv("CASELINE_MAILBOX", f"imap://support:wrong-word@127.0.0.1:{box.port}/")

    first, second = mail("fetch"), mail("fetch", "--json")

    assert first.code == second.code == 3
    assert "correct user and password in CASELINE_MAILBOX" in first.err
    assert "wrong-word" not in first.out + first.err + second.out + second.err
    assert len(second.object["fetched"]["paused"]) == 1
    assert "correct user and password" in mail("list").err


def test_without_a_mailbox_the_setting_is_named(caseline: Callable[..., Any]) -> None:
    answer = caseline("mail", "fetch")

    assert answer.code == 1
    assert "CASELINE_MAILBOX: no mailbox is named" in answer.err


def test_watching_sees_what_comes(mail: Callable[..., Any], post_office: dict[str, Any]) -> None:
    mail("fetch")
    words = [sys.executable, "-m", "caseline.cli", "mail", "fetch", "--watch", "--every", "3600", "--json"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        heard: Sequence[object] = ()
        while not heard:  # what came before it began to watch, it sees with the next one
            mail("sandbox", "send", "--smtp-port", post_office["smtp_port"], "--subject", "Now")
            heard, _, _ = select.select([process.stdout], [], [], 2)
        said = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)

    assert said["fetched"]["fetched"] >= 1
    assert process.returncode == 130


def test_the_sandbox_is_heard_on_this_machine_alone(post_office: dict[str, Any]) -> None:
    listening = [
        one for one in psutil.Process(post_office["pid"]).net_connections() if one.status == psutil.CONN_LISTEN
    ]

    assert {one.laddr.ip for one in listening} == {"127.0.0.1"}
    assert len(listening) == 2


def test_where_nobody_takes_mail_that_is_said(mail: Callable[..., Any]) -> None:
    answer = mail("sandbox", "send", "--smtp-port", "1")

    assert answer.code == 1
    assert "start `caseline mail sandbox`" in answer.err


def test_other_people_read_what_they_got_and_answer_as_a_mailer_does(
    mail: Callable[..., Any], caseline: Callable[..., Any], post_office: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = post_office["smtp_port"]
    monkeypatch.setenv("CASELINE_SMTP_URL", f"smtp://127.0.0.1:{port}")
    monkeypatch.setenv("CASELINE_SANDBOX_OTHERS", post_office["others"])
    mail("sandbox", "send", "--smtp-port", port, "--from", "olga@client.example", "--text", "Не печатает")
    mail("fetch")
    key = f"id:{mail('list', '--json').object['mails'][0]['record_id']}"
    words = ("assignment", "add", key, "Осмотреть", "--text", "Длинная строка " * 90, "--to", "smith@repair.example")
    assert caseline(*words).code == 0
    assert caseline("outbox", "send").code == 0

    got = mail("sandbox", "read", "--json").object["mails"][-1]
    assert "Длинная строка" in got["text"]
    elsewhere = mail("sandbox", "answer", got["number"], "--smtp-port", "1", "--text", "Готово")
    assert (elsewhere.code, "Nobody takes mail on port 1 " in elsewhere.err) == (1, True)
    # The port of the sandbox is that of CASELINE_SMTP_URL.
    assert mail("sandbox", "answer", got["number"], "--text", "Готово").code == 0
    assert mail("sandbox", "answer", 999_999, "--text", "Готово").code == 1
    assert mail("fetch", "--json").object["taken_in"]["done"] == 1

    shown = caseline("request", "show", key, "--json").object
    assert shown["assignments"][0]["state"] == "done"
    # Mails are dated to the second, so the answer may seem as old as what it answers.
    assert max(shown["timeline"], key=lambda one: one["id"])["new_text"].strip() == "Готово"
