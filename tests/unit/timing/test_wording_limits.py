"""Up to when days off are told by name, and from when on working days need their dates."""

import pytest

from caseline.timing.explain import explain
from caseline.timing.vocabulary import Language
from caseline.timing.wording import sentence
from tests.factories.timing import HOUR, at, clock, days


@pytest.mark.parametrize(
    ("tuesday_off", "in_english", "in_russian"),
    [
        (False, "Sat 6, Sun 7 and Mon 8 off, 15 h of Tuesday", "сб 6, вс 7 и пн 8 — выходные, 15 ч во вторник"),
        (True, "4 days off (6 Jun to 9 Jun), 15 h of Wednesday", "4 выходных дня (6 июня — 9 июня), 15 ч в среду"),
    ],
)
def test_three_days_off_have_names_and_four_are_counted(tuesday_off: bool, in_english: str, in_russian: str) -> None:
    ticking = clock(holidays=days("2026-06-08", *["2026-06-09"] * tuesday_off))
    found = explain(ticking, at("2026-06-05 15:00"), 24 * HOUR)

    assert f", {in_english}: due" in sentence(found, Language.ENGLISH)
    assert f", {in_russian}: срок" in sentence(found, Language.RUSSIAN)


@pytest.mark.parametrize(
    ("hours", "in_english", "in_russian"),
    [
        (24 * 4, "9 h of Wednesday, 24 h of Thursday", "9 ч в среду, 24 ч в четверг"),
        (24 * 5, "9 h of Wed 7 Oct, 24 h of Thu 8 Oct", "9 ч в среду 7 октября, 24 ч в четверг 8 октября"),
    ],
)
def test_a_weekday_that_comes_again_by_the_deadline_has_its_date(hours: int, in_english: str, in_russian: str) -> None:
    found = explain(clock(), at("2026-10-07 15:00"), hours * HOUR)  # due on Tuesday, or on Wednesday again

    assert f"= {in_english}" in sentence(found, Language.ENGLISH)
    assert f"= {in_russian}" in sentence(found, Language.RUSSIAN)
