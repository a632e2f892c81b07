"""Formats that a mapping may name: layouts of dates, zones, encodings."""

import pytest

from staging import formats


@pytest.mark.parametrize(
    ("text", "like", "zoned", "timed", "iso"),
    [
        ("YYYY-MM-DD", "____-__-__", False, False, True),
        ("YYYY-MM-DD hh:mm", "____-__-__ __:__", False, True, True),
        ("YYYY-MM-DD hh:mm:ss", "____-__-__ __:__:__", False, True, True),
        ("YYYY-MM-DDThh:mm:ss.sssZ", "____-__-__T__:__:__.___Z", True, True, True),
        ("YYYY-MM-DDThh:mm:ssZ", "____-__-__T__:__:__Z", True, True, True),
        ("YYYY-MM-DD hh.mm", "____-__-__ __.__", False, True, False),
        ("YYYY-MM-DD/hh:mm", "____-__-__/__:__", False, True, False),
        ("YYYY/MM/DD", "____/__/__", False, False, False),
        ("DD.MM.YYYY", "__.__.____", False, False, False),
        ("MM/DD/YYYY hh:mm:ss", "__/__/____ __:__:__", False, True, False),
        ("YYYYMMDD", "________", False, False, False),
        ("DD_MM_YYYY", r"__\___\_____", False, False, False),
        ("DD%MM%YYYY", r"__\%__\%____", False, False, False),
    ],
)
def test_layout_becomes_a_pattern(text: str, like: str, zoned: bool, timed: bool, iso: bool) -> None:
    found = formats.compile_format(text)

    assert (found.like, found.zoned, found.timed, found.iso) == (like, zoned, timed, iso)


def test_layout_knows_where_its_pieces_stand() -> None:
    found = formats.compile_format("DD.MM.YYYY hh:mm")

    assert found.pieces == (("day", 1, 2), ("month", 4, 2), ("year", 7, 4), ("hour", 12, 2), ("minute", 15, 2))


@pytest.mark.parametrize(
    "text",
    ["", "YYYY", "YYYY-MM", "DD.MM.YY", "dd.mm.yyyy", "YYYY-MM-DD HH:MM", "D.M.YYYY", "yesterday", "MMM DD, YYYY"],
)
def test_layout_that_is_not_understood_is_refused_with_what_would_be(text: str) -> None:
    with pytest.raises(ValueError, match=r"write YYYY, MM, DD"):
        formats.compile_format(text)


@pytest.mark.parametrize("name", ["Europe/Moscow", "UTC", "America/New_York", "Asia/Kolkata", None])
def test_zones_of_the_world_are_known(name: str | None) -> None:
    assert formats.zone(name) == name


@pytest.mark.parametrize("name", ["Moscow", "UTC+3", "+03:00", "europe/moscow", ""])
def test_unknown_zone_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(ValueError, match="Europe/Moscow"):
        formats.zone(name)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("UTF8", "utf-8"),
        ("windows-1251", "cp1251"),
        ("latin1", "iso8859-1"),
        ("KOI8-R", "koi8-r"),
        ("utf_16", "utf-16"),
        ("ibm866", "cp866"),
        ("Shift_JIS", "cp932"),
    ],
)
def test_encodings_are_known_by_all_their_names(name: str, known: str) -> None:
    assert formats.encoding(name) == known
    assert known in formats.SERVER_ENCODINGS


@pytest.mark.parametrize("name", ["klingon", "utf-7", "ebcdic", "idna", "base64", ""])
def test_encoding_that_cannot_be_read_is_refused_with_those_that_can(name: str) -> None:
    with pytest.raises(ValueError, match="use one of utf-8"):
        formats.encoding(name)
