"""A letter is composed to the same bytes every time, and the standard library reads back what it says."""

from base64 import b64decode
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.outbox import asking, head, thread_index
from caseline.outbox.compose import compose
from caseline.outbox.faults import OutboxFault
from caseline.outbox.letters import Address, Attachment, Nature, NewLetter, Parent
from caseline.outbox.minting import Thread
from tests.factories.letters import NOW, automatic, kept, mint, new_letter

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


def read(new: NewLetter) -> Message:
    return message_from_bytes(compose(kept(new)))


def words(message: Message, name: str) -> str:
    return str(make_header(decode_header(" ".join(str(message[name]).splitlines()))))


def body(part: Message) -> str:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode(str(part.get_content_charset()))


def parts(message: Message) -> list[Message]:
    found = message.get_payload()
    assert isinstance(found, list)
    return [part for part in found if isinstance(part, Message)]


def test_the_same_letter_has_the_same_bytes() -> None:
    new = new_letter(html="<p>Привет</p>", attachments=[Attachment("a.bin", "application/x-thing", bytes(range(256)))])

    assert compose(kept(new)) == compose(kept(new))


@given(TEXTS, TEXTS, TEXTS)
def test_whatever_is_written_is_read_back_and_no_header_is_added(subject: str, name: str, text: str) -> None:
    new = new_letter(subject=subject, text=text, to=[Address("client@example.com", name)], sender_name=name)
    content = compose(kept(new))
    message = message_from_bytes(content)

    assert words(message, "Subject").split() == head.clean(subject)[:500].split()
    assert set(message.keys()) == {
        *("Date", "From", "Reply-To", "To", "Subject", "Message-ID", "Thread-Index", "X-Caseline"),
        "X-Caseline-Letter",
        *("Content-Type", "MIME-Version", "Content-Transfer-Encoding"),
    }
    assert [address for _name, address in getaddresses([str(message["To"])])] == ["client@example.com"]
    assert body(message).split() == text.replace("\0", "").split()
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "name",
    [
        'Ann "the\\boss" Client',
        "Client, Ann (office)",
        "Анна Петрова",
        "=?utf-8?q?x?=",
        "A" * 150,
        "Имя " * 40,
        "x\r\nBcc: spy@example.org",
        "x\u2028Bcc: spy@example.org",
        "<spy@example.org>",
    ],
)
def test_names_come_through_as_they_are_and_add_no_address(name: str) -> None:
    message = read(new_letter(to=[Address("client@example.com", name), Address("b@example.com", name)]))

    found = getaddresses([str(message["To"]).replace("\r\n", "")])
    assert [address for _name, address in found] == ["client@example.com", "b@example.com"]
    assert [str(make_header(decode_header(shown))) for shown, _address in found] == [head.clean(name)[:200]] * 2
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "client",
        "client@",
        "@example.com",
        "a b@example.com",
        "a@example.com\r\nBcc: x@example.org",
        "a@example.com, b@example.com",
        "<a@example.com>",
        "a@exa mple.com",
        "a@localhost",
        "a..b@example.com",
        f"{'a' * 65}@example.com",
        f"a@{'b' * 64}.com",
        '"a b"@example.com',
        "a@-.com",
    ],
)
def test_what_is_no_address_is_refused_before_it_is_kept(address: str) -> None:
    with pytest.raises(OutboxFault, match="is no mail address"):
        asking.checked(new_letter(to=[Address(address)]))


def test_domains_in_other_scripts_are_written_in_ascii() -> None:
    assert "client@xn--e1afmkfd.xn--p1ai" in str(read(new_letter(to=[Address("client@Пример.рф")]))["To"])


def test_an_answer_stands_below_its_parent_in_every_mailer() -> None:
    root = thread_index.root("<m@x.test>", NOW - timedelta(days=3))
    message = read(new_letter(parent=Parent("<p@x.test>", ["<r@x.test>", "<q@x.test>", "<p@x.test>"], root)))

    assert message["In-Reply-To"] == "<p@x.test>"
    assert str(message["References"]).split() == ["<r@x.test>", "<q@x.test>", "<p@x.test>"]
    index = b64decode(str(message["Thread-Index"]))
    assert index[:22] == root
    assert len(index) == 27
    told = int.from_bytes(index[22:26], "big") << 18
    assert abs(told / 10_000_000 - timedelta(days=3).total_seconds()) < 1


def test_a_letter_that_answers_nothing_starts_a_thread() -> None:
    message = read(new_letter())

    assert message["In-Reply-To"] is None
    assert message["References"] is None
    index = b64decode(str(message["Thread-Index"]))
    assert len(index) == 22
    assert index[0] == 1


@pytest.mark.parametrize("length", [0, 5, 21])
def test_a_thread_index_that_is_none_is_not_extended(length: int) -> None:
    assert len(thread_index.child(b"x" * length, "<m@x>", NOW)) == 22


def test_a_thread_index_does_not_grow_without_end() -> None:
    index = b""
    for number in range(300):
        index = thread_index.child(index, f"<{number}@x.test>", NOW + timedelta(minutes=number))

    assert len(index) == thread_index.ROOT + thread_index.MOST_BLOCKS * thread_index.BLOCK


def test_ids_are_never_encoded_or_cut_and_a_long_chain_keeps_its_ends() -> None:
    ids = [f"<{number:04}.{'x' * 150}@mailer.example.com>" for number in range(500)]
    message = read(new_letter(parent=Parent(ids[-1], ids[:-1])))

    found = str(message["References"]).split()
    assert set(found) <= set(ids)
    assert (found[0], found[-1]) == (ids[0], ids[-1])
    assert sum(map(len, found)) <= head.ROOM


@pytest.mark.parametrize("bad", ["", "<>", "<a b@x>", "<a@x>\r\nBcc: y", "no brackets", f"<{'x' * 2000}@x>", "<й@x>"])
def test_ids_of_others_that_cannot_stand_in_a_header_are_left_out(bad: str) -> None:
    message = read(new_letter(parent=Parent(bad, [bad, "<good@x.test>"])))

    assert str(message["References"]) == "<good@x.test>"
    assert message["Bcc"] is None


def test_automatic_letters_say_so_and_personal_ones_do_not() -> None:
    reply, notice, personal = read(automatic(1)), read(automatic(1, Nature.NOTICE)), read(new_letter())

    assert reply["Auto-Submitted"] == "auto-replied"
    assert notice["Auto-Submitted"] == "auto-generated"
    for message in (reply, notice):
        assert message["X-Auto-Response-Suppress"] == "All"
        assert message["Precedence"] == "auto_reply"
    assert not {"Auto-Submitted", "X-Auto-Response-Suppress", "Precedence"} & set(personal.keys())
    assert all(mint().read_mark(str(message["X-Caseline"])) for message in (reply, notice, personal))


def test_answers_go_to_the_address_of_the_thread() -> None:
    message = read(new_letter(thread=Thread(45, 12), sender_name="Поддержка"))

    ((_name, address),) = getaddresses([str(message["Reply-To"]).replace("\r\n", "")])
    assert mint().read_address(address) == Thread(45, 12)
    assert words(message, "From") == "Поддержка <support@example.org>"
    assert parsedate_to_datetime(str(message["Date"])) == NOW


def test_text_html_and_files_are_read_back_whole() -> None:
    files = [
        Attachment("договор №5.pdf", "application/pdf", bytes(range(256))),
        Attachment("a.txt", "text/plain", b"x"),
    ]
    message = read(
        new_letter(text="Привет\r\nмир", html="<style>p {color: red}</style><p>Привет</p>", attachments=files)
    )

    assert message.get_content_type() == "multipart/mixed"
    both, *found = parts(message)
    assert both.get_content_type() == "multipart/alternative"
    text, html = parts(both)
    assert body(text) == "Привет\r\nмир\r\n"
    assert '<p style="color: red;">Привет</p>' in body(html)
    assert [(part.get_filename(), part.get_payload(decode=True)) for part in found] == [
        ("договор №5.pdf", bytes(range(256))),
        ("a.txt", b"x"),
    ]


@pytest.mark.parametrize(
    ("name", "kind", "kept_name", "kept_kind"),
    [
        ("../../etc/passwd", "text/plain", "_.._etc_passwd", "text/plain"),
        ('a"\r\nX: y.pdf', "application/pdf", "a_ X_ y.pdf", "application/pdf"),
        ("", "nonsense", "file", "application/octet-stream"),
        ("mail.eml", "message/rfc822", "mail.eml", "application/octet-stream"),
        ("х" * 300 + ".docx", "a/b\r\nX: y", "х" * 95 + ".docx", "application/octet-stream"),
        ("a.txt", "TEXT/Plain; charset=x", "a.txt", "text/plain"),
    ],
)
def test_names_and_types_of_files_are_made_safe(name: str, kind: str, kept_name: str, kept_kind: str) -> None:
    message = read(new_letter(attachments=[Attachment(name, kind, b"x")]))

    part = message.get_payload(1)
    assert isinstance(part, Message)
    assert (part.get_filename(), part.get_content_type()) == (kept_name, kept_kind)
    assert message["X"] is None


def test_nobody_gets_a_letter_twice() -> None:
    new = asking.checked(
        new_letter(
            to=[Address("a@example.com"), Address("A@Example.com")],
            cc=[Address("a@example.com"), Address("b@example.com")],
        )
    )

    assert [[one.address for one in found] for found in (new.to, new.cc)] == [["a@example.com"], ["b@example.com"]]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"to": []}, "goes to nobody"),
        ({"to": [Address(f"a{number}@example.com") for number in range(51)]}, "more than 50 recipients"),
        ({"nature": Nature.REPLY}, "needs an occasion"),
        ({"text": "x" * 1_000_001}, "longer than"),
        ({"attachments": [Attachment("a", "b/c", b"x" * 25_000_001)]}, "attachments of more than"),
    ],
    ids=["nobody", "everybody", "no occasion", "long", "heavy"],
)
def test_what_can_never_be_sent_is_refused_before_it_is_kept(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(OutboxFault, match=why):
        asking.checked(new_letter(**changes))
