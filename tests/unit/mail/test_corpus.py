"""Every mail of the corpus is read as its case says, and the document lists them all."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from caseline.mail import message, shown
from caseline.mail.addresses import Address
from caseline.mail.message import Mail
from tests.unit.mail.corpus import table
from tests.unit.mail.corpus.building import Case


def pairs(found: tuple[Address, ...]) -> list[tuple[str, str]]:
    return [(each.name, each.address) for each in found]


def bounce(mail: Mail) -> tuple[list[str], list[str], str | None, bool] | None:
    found = mail.bounce
    return (list(found.original_ids), list(found.recipients), found.status, found.permanent) if found else None


READ: Final[dict[str, Callable[[Mail], Any]]] = {
    "message_id": lambda mail: mail.message_id,
    "in_reply_to": lambda mail: list(mail.in_reply_to),
    "references": lambda mail: list(mail.references),
    "thread_index": lambda mail: mail.thread_index,
    "subject": lambda mail: mail.subject,
    "senders": lambda mail: pairs(mail.senders),
    "reply_to": lambda mail: pairs(mail.reply_to),
    "delivered_to": lambda mail: pairs(mail.delivered_to),
    "cc_addresses": lambda mail: [each.address for each in mail.cc],
    "to_count": lambda mail: len(mail.to),
    "date": lambda mail: mail.date.isoformat() if mail.date else None,
    "text": lambda mail: mail.text,
    "new_text": lambda mail: mail.new_text,
    "quoted": lambda mail: mail.quoted,
    "html_text": lambda mail: mail.html.text() if mail.html else None,
    "safe": lambda mail: mail.html.safe() if mail.html else None,
    "safe_has_no_tags": lambda mail: mail.html is not None and mail.html.safe() == "<pre>a</pre>",
    "attachments": lambda mail: [(each.filename, each.content_type, each.size) for each in mail.attachments],
    "content": lambda mail: [each.content for each in mail.attachments],
    "inline": lambda mail: [each.inline for each in mail.attachments],
    "content_ids": lambda mail: [each.content_id for each in mail.attachments],
    "automatic": lambda mail: mail.automatic,
    "bounce_reply_to": lambda mail: list(mail.bounce.reply_to) if mail.bounce else None,
    "loop": lambda mail: mail.loop,
    "bounce": bounce,
    "dmarc": lambda mail: mail.dmarc("mx.example.com"),
}


@pytest.mark.parametrize("case", table.ALL, ids=lambda case: f"{case.kind}: {case.name}")
def test_a_mail_is_read_as_its_case_says(case: Case) -> None:
    mail = message.read(case.raw, whole=case.whole)

    expected = dict(case.expected)
    defects = expected.pop("defects", set())
    assert {name: READ[name](mail) for name in expected} == expected
    assert defects <= set(mail.defects)


@pytest.mark.parametrize("case", table.ALL, ids=lambda case: f"{case.kind}: {case.name}")
def test_nothing_of_a_text_is_lost_and_all_of_it_can_be_stored(case: Case) -> None:
    mail = message.read(case.raw, whole=case.whole)

    assert "".join(each.text for each in mail.passages) == mail.text
    for text in (mail.text, mail.subject, str(shown.as_object(mail))):
        assert "\x00" not in text
        text.encode("utf-8")
    assert all(each.size == len(each.content) for each in mail.attachments)
    assert all("/" not in each.filename and each.filename.isprintable() for each in mail.attachments)


def test_the_corpus_is_large_and_its_cases_have_names_of_their_own() -> None:
    names = [(case.kind, case.name) for case in table.ALL]

    assert len(names) == len(set(names))
    assert [name for name, case in zip(names, table.ALL, strict=True) if not case.expected] == []
    assert len({case.raw for case in table.ALL}) >= 300


def test_the_document_lists_every_case() -> None:
    assert table.DOCUMENT.read_text(encoding="utf-8") == table.page()
