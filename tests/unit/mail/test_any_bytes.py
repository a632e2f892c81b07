"""Any bytes are read: nothing raises, nothing is lost of a text, what comes out can be stored and shown."""

import re
import tracemalloc
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from caseline.mail import addresses, charsets, dates, encoded_words, file_names, flowed, identifiers, message, shown
from caseline.mail.html_body import Html
from tests.unit.mail.corpus import table

SMALL: Final = [case.raw for case in table.ALL if len(case.raw) < 20_000]
PIECES: Final = [
    *(b"\r\n", b"\n", b"\r", b"\r\n\r\n", b" ", b"\t", b"--b1\r\n", b"--b1--", b"=?utf-8?B?", b"=?koi8-r?Q?", b"?=", b"=", b'"'),
    *(b"From: ", b"Subject: ", b"To: ", b"Date: ", b"Message-ID: <", b"References: <", b">", b"@", b",", b";", b"("),
    *(b"Content-Type: multipart/mixed; boundary=b1\r\n", b"Content-Type: text/html; charset=", b"utf-7", b"utf-16", b"\xff"),
    *(b"Content-Type: message/rfc822\r\n", b"Content-Type: multipart/report; boundary=b1\r\n", b"Content-Transfer-Encoding: "),
    *(b"base64\r\n", b"quoted-printable\r\n", b"x-uuencode\r\n", b"filename*0*=", b"name*=utf-8''%", b"<blockquote type=cite>"),
    *(b'"@x.example', b"&#11;", b"\xef\xbf\xbe", b"\x01", b'<img src="', b"https&#9;:", b"https:\\\\a.example", b"<p style=display:none>"),
    *(b"message/delivery-status\r\n", b"Final-Recipient: rfc822;", b"Status: 5.1.1\r\n", b"\x00", b"\x1b$B", b"+2AA-", b"&#xD800;"),
]  # fmt: skip
EVENT: Final = re.compile(
    r"<[^>]*\son[a-z]+=|<(?:script|style|iframe|form|object|embed|base|meta|link)\b", re.IGNORECASE
)


ROOM: Final = 4_000_000
"""Bytes of memory that any mail may take, for what is imported and built the first time."""
MOST_TIMES: Final = 100
"""And so many for each of its own: objects of Python are large, and a part may be two signs."""

FOREIGN: Final = re.compile(r'<img\b[^>]* src="(?!cid:)', re.IGNORECASE)


def texts(made: object) -> Iterator[str]:
    """All texts of an object as they are; `str` of it would write signs out."""
    if isinstance(made, str):
        yield made
    elif isinstance(made, Mapping):
        for name, value in made.items():
            yield from texts([name, value])
    elif isinstance(made, list | tuple):
        for value in made:
            yield from texts(value)


def peak(raw: bytes) -> int:
    """Bytes of memory that reading a mail and showing it takes beyond what is there."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        shown.as_object(message.read(raw))
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def wrong_with(raw: bytes) -> list[str]:
    """What of a mail that was read cannot be stored, shown or trusted; what cannot be read raises."""
    mail = message.read(raw)
    made = "".join(texts(shown.as_object(mail)))
    safe = mail.html.safe() if mail.html else ""
    promises = {
        "all texts are UTF-8": made.encode("utf-8", "replace").decode() == made,
        "no text holds NUL": "\x00" not in made,
        "no passage is lost": "".join(each.text for each in mail.passages) == mail.text,
        "sizes are those of the contents": all(each.size == len(each.content) for each in mail.attachments),
        "file names are safe": all(each.filename and not set(each.filename) & set("/\\") for each in mail.attachments),
        "dates are in UTC": mail.date is None or mail.date.utcoffset() == timedelta(0),
        "no script is left": not EVENT.search(safe),
        "no picture is fetched": not FOREIGN.search(safe),
    }
    return [name for name, kept in promises.items() if not kept]


@given(st.binary(max_size=2_000))
@settings(max_examples=300)
def test_bytes_of_any_kind_are_read(raw: bytes) -> None:
    assert wrong_with(raw) == []


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=60).map(b"".join))
@settings(max_examples=500)
def test_pieces_of_mails_in_any_order_are_read(raw: bytes) -> None:
    assert wrong_with(raw) == []


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=60).map(b"".join), st.integers(1, 100))
@settings(max_examples=40)
def test_pieces_of_mails_again_and_again_take_memory_in_proportion(raw: bytes, times: int) -> None:
    raw *= times

    assert peak(raw) < ROOM + MOST_TIMES * len(raw)


@given(st.data())
@settings(max_examples=400)
def test_damaged_mails_are_read(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from(SMALL))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(raw)))
        gone = data.draw(st.integers(0, 40))
        raw = raw[:at] + data.draw(st.sampled_from(PIECES) | st.binary(max_size=6)) + raw[at + gone :]

    assert wrong_with(raw) == []


@given(st.data())
@settings(max_examples=200)
def test_the_beginning_of_any_mail_is_read(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from(SMALL))

    mail = message.read(raw[: data.draw(st.integers(0, len(raw)))], whole=False)

    assert "only the beginning of the mail is here" in mail.defects


@given(st.text(st.characters(max_codepoint=255), max_size=300))
@settings(max_examples=300)
@example("<" * 50 + "@" * 50)
def test_any_header_value_is_read(value: str) -> None:
    text = encoded_words.text(value)
    assert text.encode("utf-8", "replace").decode() == text
    dates.instant(value)
    assert all("@" in each.address for each in addresses.addresses([value]))
    assert all(0 < len(each) <= identifiers.LONGEST for each in identifiers.ids([value]))


@given(st.text(max_size=300))
@settings(max_examples=300)
def test_any_file_name_becomes_a_safe_one(written: str) -> None:
    name = file_names.safe(written)

    assert name == file_names.safe(name)
    assert len(name) <= file_names.LONGEST
    assert len(name.encode()) <= 255
    assert not set(name) & set('/\\<>:"|?*\x00')
    assert name == name.strip(". ")


@given(
    st.binary(max_size=300), st.sampled_from([None, "utf-8", "koi8-r", "gb2312", "utf-16", "iso-2022-jp", "x", "hex"])
)
@settings(max_examples=300)
def test_any_bytes_have_a_text_in_any_charset(data: bytes, charset: str | None) -> None:
    text, _wrong = charsets.decoded(data, charset)

    assert text.encode("utf-8", "replace").decode() == text


@given(st.text("<>/ab=\"' &;#!-[]x:", max_size=200))
@settings(max_examples=300)
def test_any_html_is_made_safe(source: str) -> None:
    html = Html(f"<div {source}<p onclick={source}>{source}")

    safe = html.safe()
    html.text()

    assert not EVENT.search(safe)


@given(st.lists(st.text("> ab-", max_size=8), max_size=20).map("\n".join))
def test_flowed_lines_lose_nothing_but_blanks_and_signs(text: str) -> None:
    def letters(of: str) -> str:
        return re.sub(r"[> \n]", "", of)

    assert letters(flowed.joined(text, delsp=False)) == letters(text)


@pytest.mark.parametrize("signs", [b"<", b'"\\', b"(", b"a@", b"=?utf-8?Q?a", b",;:", b"a" * 9 + b"=", "ж.".encode()])
def test_hostile_repetition_in_headers_is_read_to_its_end(signs: bytes) -> None:
    value = signs * (300_000 // len(signs))
    for name in (
        b"From",
        b"To",
        b"Subject",
        b"Message-ID",
        b"References",
        b"Date",
        b"Content-Type",
        b"Content-Disposition",
    ):
        # What backtracks would meet the time limit of the suite.
        assert message.read(name + b": " + value + b"\r\n\r\nx").text.strip() == "x"


@pytest.mark.parametrize(
    "source",
    [
        *(b"<div>" * 60_000, b"<b>" * 60_000, b"<table><tr><td>" * 20_000, b"<!--[if " * 40_000, b"<" * 300_000),
        *(b"&" * 300_000, b"<p " + b"a=b " * 80_000, b"<img alt='" * 30_000, b"<blockquote type=cite>" * 15_000),
        b"<p>" + b"".join(b"<font size=%d>" % n for n in range(3_000)) + b"<p>x</p>" * 3_000,
    ],
    ids=lambda source: source[:20].decode(),
)
def test_hostile_html_is_read_to_its_end(source: bytes) -> None:
    mail = message.read(b"Content-Type: text/html\r\n\r\n" + source)

    assert mail.html is not None
    assert len(mail.html.safe()) < 4_000_000


@pytest.mark.parametrize(
    "src",
    [
        *(" https://evil.example/p.png", "\nhttps://evil.example/p.png", "ht\ttps://evil.example/p.png"),
        *("https&#9;://evil.example/p.png", "https:/evil.example/p.png", "https:\\\\evil.example/p.png"),
        *("https:evil.example/p.png", "&#1;https://evil.example/p.png", "//evil.example/p.png", "p.png"),
    ],
)
def test_a_picture_of_another_server_is_blocked_however_it_is_written(src: str) -> None:
    assert " src=" not in Html(f'<img alt="a" src="{src}">').safe()
    assert ' src="cid:1"' in Html('<img alt="a" src="cid:1">').safe()


@pytest.mark.parametrize(
    "body",
    [
        *(b"yes<blockquote type=cite>\x01old</blockquote>", b"yes<blockquote type=cite>&#11;old</blockquote>"),
        *(b'yes<blockquote class="gmail_quote">\x1b[0mold</blockquote>', b'yes<p style="display:none">x</p>&#1;'),
        "yes<blockquote type=cite>\ufffeold</blockquote>".encode(),
    ],
)
def test_html_with_control_signs_is_read(body: bytes) -> None:
    mail = message.read(b"From: a@x.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body)

    assert "yes" in mail.text


def test_domains_are_those_of_the_idna_of_today() -> None:
    value = "x@straße.example, у@пример.рф".encode().decode("latin-1")

    found = [each.address for each in addresses.addresses([value])]

    assert found == ["x@xn--strae-oqa.example", "у@xn--e1afmkfd.xn--p1ai"]


def test_an_id_is_as_long_in_bytes_as_a_line_may_be() -> None:
    def read(length: int) -> tuple[str, ...]:
        return identifiers.ids([f"<{'文' * length}@x>".encode().decode("latin-1")])

    assert read(300) == (f"{'文' * 300}@x",)
    assert read(400) == ()
