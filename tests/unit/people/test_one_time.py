"""Codes of an authenticator: the examples of RFC 6238, and what is taken of what somebody types."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from caseline.people import one_time

KEY = base64.b32encode(b"12345678901234567890").decode()
NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    assert one_time.code(KEY, second // one_time.STEP_S, digits=8) == code


def test_a_code_is_good_half_a_minute_early_or_late_and_once_only() -> None:
    now = one_time.step(NOW)
    for number in (now - 1, now, now + 1):
        assert one_time.match(KEY, one_time.code(KEY, number), NOW, None) == number
    for number in (now - 2, now + 2):
        assert one_time.match(KEY, one_time.code(KEY, number), NOW, None) is None
    assert one_time.match(KEY, one_time.code(KEY, now), NOW, now) is None
    assert one_time.match(KEY, one_time.code(KEY, now - 1), NOW, now) is None
    assert one_time.match(KEY, one_time.code(KEY, now + 1), NOW, now) == now + 1
    spaced = one_time.code(KEY, now)
    assert one_time.match(KEY, f" {spaced[:3]} {spaced[3:]}", NOW, None) == now


@pytest.mark.parametrize("typed", ["", "000000", "１２３４５６", "abc", "1" * 500, "\ud800"[:0] + "é"])
def test_nonsense_is_no_code(typed: str) -> None:
    assert one_time.match(KEY, typed, NOW + timedelta(days=1), None) is None


def test_a_key_is_new_every_time_and_its_address_carries_it() -> None:
    keys = {one_time.fresh_key() for _ in range(20)}
    assert len(keys) == 20
    assert all(map(one_time.usable, keys))
    assert not one_time.usable("short")
    found = urlsplit(one_time.address(KEY, "anna@example.org"))
    assert (found.scheme, found.netloc) == ("otpauth", "totp")
    assert parse_qs(found.query)["secret"] == [KEY]


def test_codes_for_emergencies_differ_and_are_read_whatever_stands_between() -> None:
    codes = one_time.emergency_codes()
    assert len(set(codes)) == one_time.EMERGENCIES
    assert one_time.digest(codes[0]) == one_time.digest(codes[0].replace("-", " ").upper())
    assert one_time.digest(codes[0]) != one_time.digest(codes[1])
