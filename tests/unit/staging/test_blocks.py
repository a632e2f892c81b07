"""Cutting a stream into blocks of whole records."""

import io

import pytest

from staging.blocks import Cutter, cut

FIRST, SECOND, THIRD = b"1,one\n", b'2,"two\nlines, ""quoted"""\r\n', b"3,three"
DATA = FIRST + SECOND + THIRD


def cutter(data: bytes, size: int, longest: int = 10_000) -> Cutter:
    return Cutter(io.BytesIO(data), offset=100, line=7, delimiter=",", size=size, longest=longest)


def test_records_are_found_with_their_places() -> None:
    block = cut(DATA, offset=100, line=7, delimiter=",", last=True)

    assert block.tidy
    assert block.starts.tolist() == [0, len(FIRST), len(FIRST + SECOND)]
    assert block.lengths.tolist() == [len(FIRST), len(SECOND), len(THIRD)]
    assert block.lines.tolist() == [0, 1, 3]
    assert (block.data, block.newlines, block.last) == (DATA, 3, True)


def test_record_without_line_end_waits_for_more_unless_nothing_follows() -> None:
    assert cut(DATA, offset=0, line=1, delimiter=",", last=False).data == FIRST + SECOND
    assert cut(DATA, offset=0, line=1, delimiter=",", last=True).data == DATA


def test_the_next_block_may_be_larger() -> None:
    lines = b"".join(b"%02d,text\n" % number for number in range(20))
    cutting, sizes = cutter(lines, 8), []

    while (block := cutting.next()) is not None:
        sizes.append(len(block.data))
        cutting.size *= 2
        cutting.used(block, len(block.data))

    assert sizes == [8, 16, 32, 64, 40]


def test_line_end_inside_quotes_ends_nothing() -> None:
    assert cut(FIRST + SECOND[:8], offset=0, line=1, delimiter=",", last=False).data == FIRST


def test_every_line_is_a_record_where_quotes_mean_nothing() -> None:
    block = cut(b'{"a": "\n"}\n', offset=0, line=1, delimiter=None, last=True)

    assert block.lengths.tolist() == [len(b'{"a": "\n'), len(b'"}\n')]


@pytest.mark.parametrize(
    ("data", "tidy"),
    [
        (b'1,"a"\n', True),
        (b'"1","a"\r\n', True),
        (b'1,"a""b"\n', True),
        (b'1,""\n', True),
        (b'1,""""\n', True),
        (b'1,"a', False),
        (b'1,a"b\n2,c"d\n', False),
        (b'1,"a"b\n', False),
        (b'1, "a"\n', False),
        (b"1,a\n\n2,b\n", False),
        (b"1,a\n\r\n", False),
        (b"\n", False),
    ],
)
def test_block_with_a_sign_of_damage_is_not_tidy(data: bytes, tidy: bool) -> None:
    assert cut(data, offset=0, line=1, delimiter=",", last=True).tidy is tidy


@pytest.mark.parametrize("size", [1, 2, 5, 13, 1000])
def test_blocks_follow_each_other_without_gap(size: int) -> None:
    source = cutter(DATA * 3, size)
    seen, lines = b"", 7
    while (block := source.next()) is not None:
        assert (block.offset, block.line) == (100 + len(seen), lines)
        seen += block.data
        lines += block.newlines
        source.used(block, len(block.data))

    assert seen == DATA * 3


def test_what_was_not_used_comes_again() -> None:
    source = cutter(FIRST * 3, size=12)
    first = source.next()
    assert first is not None
    source.used(first, len(FIRST))

    second = source.next()

    assert second is not None
    assert (second.offset, second.line) == (100 + len(FIRST), 8)
    assert second.data.startswith(FIRST)


def test_block_of_which_nothing_was_used_comes_with_more() -> None:
    source = cutter(FIRST * 6, size=12)
    first = source.next()
    assert first is not None
    source.used(first, 0)

    second = source.next()

    assert second is not None
    assert (second.offset, len(second.data)) == (first.offset, 2 * len(first.data))


def test_record_that_never_ends_comes_without_places() -> None:
    block = cutter(b"x" * 1000, size=10, longest=40).next()

    assert block is not None
    assert (len(block.data), len(block.starts), block.tidy, block.last) == (40, 0, False, False)


def test_empty_stream_has_no_block() -> None:
    assert cutter(b"", size=10).next() is None


@pytest.mark.parametrize("sign", [";", "\t", "|", "~"])
def test_any_delimiter_of_one_byte_will_do(sign: str) -> None:
    data = f'1{sign}"a{sign}b"\n'.encode()

    assert cut(data, offset=0, line=1, delimiter=sign, last=True).tidy
