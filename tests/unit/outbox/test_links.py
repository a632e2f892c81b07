"""The secret in a link proves that the link is ours and of one assignment; without a link nothing is said of one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline import settings
from caseline.outbox import templates, vanishing
from caseline.outbox.minting import LinkMint
from caseline.outbox.tags import Tag
from caseline.settings import SettingsError
from tests.factories.letters import mint

MINT = LinkMint([b"secret of thirty-two bytes at all"])
SMITH = "smith@repair.example"
IDS = st.integers(1, 2**63 - 1)


@given(IDS)
def test_what_was_minted_is_read_back(number: int) -> None:
    assert MINT.read(MINT.link(number, SMITH)) == number


def test_it_holds_the_number_and_160_bits_and_nothing_else() -> None:
    assert re.fullmatch(r"12\.[a-z2-7]{40}", MINT.link(12, SMITH))


@given(IDS, IDS)
def test_the_secret_of_one_assignment_opens_no_other(one: int, other: int) -> None:
    forged = f"{other}.{MINT.link(one, SMITH).partition('.')[2]}"
    assert MINT.read(forged) == (other if one == other else None)


def test_whatever_was_changed_by_one_character_is_none() -> None:
    good = MINT.link(45, SMITH)
    for place, sign in enumerate(good):
        for changed in {"b", "c", "2", "."} - {sign}:
            assert MINT.read(good[:place] + changed + good[place + 1 :]) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "45",
        "45.",
        MINT.link(45, SMITH)[:-1],
        MINT.link(45, SMITH) + "a",
        MINT.link(45, SMITH) + "\n",
        MINT.link(45, SMITH).upper(),
        "0" + MINT.link(45, SMITH),
        "-" + MINT.link(45, SMITH),
        f" {MINT.link(45, SMITH)}",
        MINT.link(45, SMITH).replace(".", ".."),
        MINT.link(45, SMITH).replace("45", "٤٥"),
        "0." + "a" * 40,
        "9" * 19 + "." + "a" * 40,
        "9" * 5_000 + "." + "a" * 40,
        "x" * 100_000,
    ],
)
def test_forged_and_truncated_links_are_none(text: str) -> None:
    assert MINT.read(text) is None


@given(st.text())
def test_no_text_breaks_reading(text: str) -> None:
    assert MINT.read(text) is None
    assert MINT.read(f"45.{text}") is None


def test_old_secrets_are_good_for_reading_and_strange_ones_are_not() -> None:
    old, new, strange = b"o" * 32, b"n" * 32, b"s" * 32
    rotated = LinkMint([new, old])

    assert rotated.read(LinkMint([old]).link(7, SMITH)) == 7
    assert rotated.link(7, SMITH) == LinkMint([new]).link(7, SMITH)
    assert rotated.read(LinkMint([strange]).link(7, SMITH)) is None


@given(IDS, st.emails())
def test_a_link_fits_the_address_that_it_went_to_and_no_other(number: int, address: str) -> None:
    link = MINT.link(number, address)

    assert MINT.fits(link, f" {address.upper().lower()} ") or address.lower() != address.upper().lower()
    assert LinkMint([b"n" * 32, *MINT.secrets]).fits(link, address)
    assert not MINT.fits(link, f"x{address}")


def test_a_link_in_a_text_is_blanked_and_what_only_looks_like_one_is_left() -> None:
    link = MINT.link(12, SMITH)
    for before, after in (("> https://desk.example/a/", "\n> Regards"), ("u=https%3A%2F%2Fd.example%2Fa%2F", "&x=1")):
        assert MINT.blanked(f"{before}{link}{after}", "[…]") == f"{before}[…]{after}"
    forged = f"12.{'a' * 40} 1{link} {link}a version 12.3"
    assert MINT.blanked(forged, "[…]") == forged


def test_a_link_shares_no_token_with_message_ids_and_addresses() -> None:
    secret = b"o" * 32
    made = LinkMint([secret]).link(45, SMITH).partition(".")[2]

    assert made[:16] not in mint(secret).mark()
    assert mint(secret).read_address(f"support+45.{made[:16]}@example.org") is None


def test_secrets_are_not_printed_and_must_be_real() -> None:
    assert "secret of thirty" not in f"{MINT!r} {MINT}"
    for secrets in ([], [b"short"]):
        with pytest.raises(ValueError, match="needs secrets"):
            LinkMint(secrets)


@pytest.mark.parametrize("code", ["assignment_given", "assignment_reminder"])
@pytest.mark.parametrize("language", templates.LANGUAGES)
def test_a_sentence_about_the_link_stands_only_where_there_is_one(code: str, language: str) -> None:
    template = templates.shipped()[code, language]
    word = {"ru": "откройте", "en": "open this page"}[language]
    values = dict.fromkeys(set(Tag) - {Tag.LINK}, "x")

    bare = templates.render(template, values)
    linked = templates.render(template, {**values, Tag.LINK: "https://desk.example/a/12.abc"})

    assert word not in bare.text
    assert word not in (bare.html or "")
    assert 'href=""' not in (bare.html or "")
    assert "https://desk.example/a/12.abc\n" in linked.text
    assert 'href="https://desk.example/a/12.abc"' in (linked.html or "")


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>a</p>\n<p>b <a href='%Link%'>c</a></p>\n<p>d</p>", "<p>a</p>\n<p>d</p>"),
        ("<p>a<br>b %Ссылка%</p>", "<p>a<br></p>"),
        ("<ul><li>a</li><li>%LINK%</li></ul>", "<ul><li>a</li><li></li></ul>"),
        ("a %Number% <p></p>", "a %Number% <p></p>"),
        ("100%% %Link", "100%% %Link"),
    ],
)
def test_what_vanishes_ends_at_paragraphs_items_and_line_breaks(html: str, left: str) -> None:
    assert vanishing.html(html) == left


def test_of_a_text_only_the_line_vanishes() -> None:
    assert vanishing.text("a\nopen %Link% now\nb %Number%\n") == "a\nb %Number%\n"


@pytest.mark.parametrize("url", ["https://desk.example", "https://desk.example:8443/out/", "http://localhost:8332"])
def test_addresses_of_the_public_pages(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_PUBLIC_URL", url)
    assert settings.load().public_url == url


@pytest.mark.parametrize(
    "url",
    ["http://desk.example", "desk.example", "https://desk.example/?a=1", "https://u:p@desk.example", "javascript:x"],
)
def test_what_is_no_address_of_public_pages(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_PUBLIC_URL", url)
    with pytest.raises(SettingsError, match="CASELINE_PUBLIC_URL"):
        settings.load()
