"""Durations are said in one way, wherever they stand, their numbers written as the language writes numbers."""

from datetime import UTC, datetime, timedelta

import pytest

from caseline.web.desk import card_words, report_words
from caseline.web.desk.request_cells import Cells
from caseline.web.language import Texts

LONG = timedelta(days=2_882, hours=5)
CASES = [("ru", "2\N{NO-BREAK SPACE}882 дн.", "5 ч"), ("en", "2,882 d", "5 h")]


@pytest.mark.parametrize(("language", "days", "hours"), CASES)
def test_days_and_hours_are_the_same_in_reports_cards_and_tables(language: str, days: str, hours: str) -> None:
    texts = Texts(language)

    assert report_words.elapsed(texts, LONG.total_seconds()) == f"{days} {hours}"
    assert card_words.span(texts, int(LONG.total_seconds())) == f"{days} {hours}"
    assert Cells(texts, datetime(2026, 10, 30, tzinfo=UTC), {}).lasting(LONG) == days


@pytest.mark.parametrize(("span", "said"), [(timedelta(hours=7), "7 ч"), (timedelta(minutes=7), "7 мин")])
def test_a_table_says_a_short_time_in_its_largest_unit(span: timedelta, said: str) -> None:
    assert Cells(Texts("ru"), datetime(2026, 10, 30, tzinfo=UTC), {}).lasting(span) == said
