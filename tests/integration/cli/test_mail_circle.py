"""The whole circle by the commands: a client writes and answers twice, an outsider works, one timeline has it all."""

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.test_mail import sandbox

OWN = "support@example.org"
ANNA, SMITH = "anna@client.example", "smith@repair.example"


def as_outlook(got: dict[str, Any], text: str, subject: str) -> EmailMessage:
    """An answer of Outlook under Exchange: header block above what it quotes, an id of Exchange, RE: in capitals."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = f"Anna Client <{ANNA}>", got["reply_to"], subject
    made["Thread-Topic"], made["Thread-Index"] = "Printer", "AdqHZ3Nv9kPzQW5VTDKCpIvJm3nTNw=="
    made["Message-ID"] = "<AM0PR01MB0002@AM0PR01MB0002.eurprd01.prod.client.example>"
    made["References"], made["In-Reply-To"] = f"{got['references']} {got['message_id']}".strip(), got["message_id"]
    head = f"From: {got['sender']}\nSent: Monday, 2 March 2026 10:00\nTo: {ANNA}\nSubject: {got['subject']}"
    made.set_content(f"{text}\n\n{'_' * 32}\n{head}\n\n{got['text']}", cte="quoted-printable")
    return made


def as_gmail(got: dict[str, Any], sender: str, text: str, subject: str) -> EmailMessage:
    """An answer of Gmail: References before In-Reply-To, an id of its own host, a line of who wrote above the quote."""
    made = EmailMessage()
    made["MIME-Version"] = "1.0"
    made["References"], made["In-Reply-To"] = f"{got['references']} {got['message_id']}".strip(), got["message_id"]
    made["From"], made["Subject"], made["To"] = sender, subject, OWN
    made["Message-ID"] = f"<CAJx{len(text)}@mail.gmail.example>"
    quoted = "\n".join(f"> {line}" for line in got["text"].strip().splitlines())
    made.set_content(f"{text}\n\nOn Mon, Mar 2, 2026 at 10:00 AM <{OWN}> wrote:\n\n{quoted}\n", cte="quoted-printable")
    return made


def test_client_and_outsider_write_and_answer_and_one_timeline_has_all_of_it(
    caseline: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = tmp_path / "words.csv"
    words.write_text("keyword,weight,category\nпринтер,60,repair\n", encoding="utf-8")

    def run(*said: object) -> Any:  # noqa: ANN401 - JSON
        answered = caseline(*said)
        assert answered.code == 0, answered.err
        return answered

    with sandbox("--samples", "0") as office:
        for name, value in {
            "MAILBOX": office["support"],
            "SMTP_URL": office["smtp"],
            "MAIL_ADDRESS": OWN,
            "MAIL_ACKNOWLEDGE": "true",
            "SANDBOX_OTHERS": office["others"],
        }.items():
            monkeypatch.setenv(f"CASELINE_{name}", value)

        def write(as_whom: str, mail: EmailMessage) -> None:
            file = tmp_path / "answer.eml"
            file.write_bytes(mail.as_bytes())
            run("mail", "sandbox", "send", "--from", as_whom, "--to", mail["To"], "--write", file)
            run("mail", "fetch")

        def got(by: str) -> dict[str, Any]:
            """The newest letter that somebody has got."""
            run("outbox", "send")
            found = run("mail", "sandbox", "read", "--json").object["mails"]
            newest: dict[str, Any] = [one for one in found if by in one["recipient"]][-1]
            return newest

        run("group", "add", "Line 2")
        run("category", "set", "repair", "--label", "Repair", "--hours", "24", "--group", "Line 2")
        run("keywords", "import", words, "--apply", "--reason", "the first words")
        run("mail", "sandbox", "send", "--from", ANNA, "--subject", "Вопрос", "--text", "Принтер не печатает")
        run("mail", "fetch")

        write(ANNA, as_outlook(got(ANNA), "Он в комнате 7", "RE: совсем другое"))
        run("request", "reply", "id:1", "--text", "Смотрим")
        write(ANNA, as_gmail(got(ANNA), f"Anna Client <{ANNA}>", "Спасибо", "Ещё тема"))
        run("assignment", "add", "id:1", "Printer", "--text", "Please repair it", "--to", SMITH, "--hours", "8")
        write(SMITH, as_gmail(got(SMITH), SMITH, "Done", "Re: my own subject"))

        found = run("request", "show", "id:1", "--json").object
        shown = run("request", "show", "id:1").out
        listed = run("request", "list", "--json").object["requests"]

    request = found["request"]
    assert (request["category"], request["category_by"], request["group"]) == ("repair", "keywords", "Line 2")
    assert request["deadline"]["target_s"] == 24 * 3600
    assert request["deadline"]["told"]["en"]
    assert [word["keyword"] for word in found["words"]] == ["принтер"]
    timeline = [(one["kind"], one["assignment_id"], _first_line(one)) for one in found["timeline"]]
    assert [one for one in timeline if one[0] == "mail_in"] == [
        ("mail_in", None, "Принтер не печатает"),
        ("mail_in", None, "Он в комнате 7"),
        ("mail_in", None, "Спасибо"),
        ("mail_in", 1, "Done"),
    ]
    assert [one[1] for one in timeline if one[0] == "mail_out"] == [None, None, 1]
    assert [(one["state"], one["ended_by"]) for one in found["assignments"]] == [("done", "reply")]
    assert all(
        said in shown for said in ("repair, set by keywords", "Он в комнате 7", "Спасибо", "assignment 1", "Done")
    )
    assert len(listed) == 1


def _first_line(message: dict[str, Any]) -> str:
    return str(message["new_text"] or message["text"]).strip().splitlines()[0]
