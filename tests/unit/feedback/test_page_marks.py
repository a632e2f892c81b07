"""Marks of pages and signatures of sites: nobody makes one up, changes one, or uses one for something else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from caseline.feedback import signatures
from caseline.feedback.page_marks import LONGEST, SOONEST, Mark, Marks
from caseline.feedback.signatures import WITHIN, Signed

NOW: Final = datetime(2026, 4, 6, 9, tzinfo=UTC)
OLD, NEW = b"o" * 32, b"n" * 32
ASK: Final = "AAAAAAAAAAAA"
CALL: Final = Signed(method="POST", path="/api/asks/a/b/c.d", time=str(int(NOW.timestamp())), body=b"{}", signature="")
signed = replace(CALL, signature=signatures.sign(NEW, CALL.method, CALL.path, CALL.time, CALL.body))


@given(st.one_of(st.none(), st.integers(0, 10)), st.integers(0, 10**6))
def test_a_mark_says_what_it_was_drawn_with_also_after_a_new_secret(value: int | None, later_ms: int) -> None:
    at = NOW + timedelta(milliseconds=later_ms)
    text = Marks((OLD,)).draw(ASK, value, at)

    assert Marks((NEW, OLD)).read(ASK, text) == Mark(at, value)
    assert Marks((NEW,)).read(ASK, text) is None
    assert Marks((OLD,)).read("AAAAAAAAAAAB", text) is None


@given(st.integers(0, 50), st.sampled_from("abc234.-0"))
def test_no_sign_of_a_mark_can_be_changed(place: int, sign: str) -> None:
    text = Marks((OLD,)).draw(ASK, 4, NOW)
    changed = text[:place] + sign + text[place + 1 :]

    assert (Marks((OLD,)).read(ASK, changed) is None) == (changed != text)


def test_it_is_fresh_for_half_an_hour_and_looked_at_after_a_second() -> None:
    mark, step = Mark(NOW, 4), timedelta(milliseconds=1)

    assert [mark.fresh(NOW + after) for after in (SOONEST - step, SOONEST, LONGEST, LONGEST + step)] == [
        False,
        True,
        True,
        False,
    ]
    assert [mark.looked(NOW + after) for after in (SOONEST - step, SOONEST, LONGEST * 99)] == [False, True, True]


def test_a_signature_is_of_one_call_one_key_and_a_few_minutes() -> None:
    assert signatures.fits(NEW, signed, NOW)
    assert [
        signatures.fits(NEW, signed, NOW + after) for after in (WITHIN, -WITHIN, WITHIN * 1.01, -WITHIN * 1.01)
    ] == [
        True,
        True,
        False,
        False,
    ]
    changed: list[dict[str, str | bytes]] = [
        {"method": "GET"},
        {"path": "/api/asks/a/b/c.e"},
        {"body": b"{} "},
        {"time": str(int(NOW.timestamp()) + 1)},
        {"time": ""},
        {"signature": signed.signature[:-1]},
        {"signature": "ж"},
    ]
    assert not any(signatures.fits(NEW, replace(signed, **one), NOW) for one in changed)  # type: ignore[arg-type]
    assert not signatures.fits(OLD, signed, NOW)
    assert not signatures.fits(None, signed, NOW)
