"""What may be seen of a value that stands in an error."""

import pytest

from staging.discretion import shorten


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("ivan.petrov@example.com", "TOO_LONG", "i…@example.com"),
        ("+7 000 465-95-46", "TOO_LONG", "…46"),
        ("Иван Петров", "TOO_LONG", "Ива…"),
        ("Ivan Petrov <i@example.com>", "BAD_DATE", "Iva…"),
        ("Петров Иван", "UNKNOWN_REFERENCE", "Пет…"),
        ("ivan@example.com", "DUPLICATE", "i…@example.com"),
        ('"5008d000005DAoUAAW","0","Anonymous Caller"', "WRONG_FIELD_COUNT", '"50…'),
    ],
)
def test_personal_values_are_cut(value: str, code: str, shown: str) -> None:
    assert shorten(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("5008d000005DFEgAAO", "UNKNOWN_REFERENCE"),
        ("lost-31", "BAD_ID"),
        ("2024-02-30 10:15:00", "BAD_DATE"),
        ("infinity", "BAD_DATE"),
        ("12,5x", "BAD_NUMBER"),
        ("Waiting on nobody", "UNKNOWN_VALUE"),
        ("20240230101500", "BAD_DATE"),
        ("", "MISSING"),
        (" \u00a0", "MISSING"),
    ],
)
def test_what_must_be_seen_to_be_mended_is_shown(value: str, code: str) -> None:
    assert shorten(value, code) == value


def test_mail_inside_an_unknown_value_is_masked() -> None:
    assert shorten("escalated by anna@example.com", "UNKNOWN_VALUE") == "escalated by a…@example.com"
