"""The weekly letter: one for each head and director and week, with figures counted on paper, whatever is run again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from caseline.actions import report_feedback
from caseline.actions.wiring import House
from caseline.outbox import store as outbox
from caseline.people.rights import Role
from tests.factories import feedback_filled, pages
from tests.factories.feedback_filled import Given, Told, smiley
from tests.factories.served import house

__all__ = ["house"]

NOW = datetime(2026, 6, 15, 5, tzinfo=UTC)  # a Monday
LAST = datetime(2026, 6, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")
    monkeypatch.setenv("CASELINE_DESK_URL", "https://desk.example.org")


def asks() -> list[Told]:
    """Last week forty smileys of 5 in division 1 and two bad ones, an NPS answer; the week before forty of 3."""
    made = [smiley(number, 5, LAST + timedelta(minutes=number)) for number in range(1, 41)]
    made += [
        smiley(41, 1, LAST),
        smiley(42, 2, LAST, division=2),
        replace(smiley(43, 5, LAST), campaign=2, ratings=[Given("nps", 10, LAST)]),
    ]
    made += [smiley(number, 3, LAST - timedelta(days=7, minutes=number)) for number in range(44, 84)]
    return made


def furnished(house: House) -> None:
    feedback_filled.kept(house, asks())
    with house.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE people.person SET email = 'p' || id || '@example.org' WHERE id < 4")
        connection.exec_driver_sql("UPDATE people.division SET head_id = id WHERE id IN (1, 3)")
        connection.exec_driver_sql("UPDATE people.division SET parent_id = 1 WHERE id = 2")
    pages.login(house, "boss", Role.DIRECTOR)
    with house.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE people.login SET person_id = 2")


def test_each_head_gets_one_letter_with_the_figures_of_his_divisions(house: House) -> None:
    furnished(house)

    told = {one.leader.name: one for one in report_feedback.write(house, now=NOW)}
    again = report_feedback.write(house, now=NOW + timedelta(days=3))

    assert set(told) == {feedback_filled.PERSONS[place] for place in (0, 1, 2)}
    assert {one.leader.name: one.letter_id for one in again} == {name: one.letter_id for name, one in told.items()}
    head, boss, other = (told[feedback_filled.PERSONS[place]] for place in (0, 1, 2))
    assert (other.letter_id, other.why) == (None, report_feedback.QUIET)
    with house.engine.connect() as connection:
        mine, whole = (outbox.get(connection, one.letter_id or 0) for one in (head, boss))
    assert mine is not None
    assert whole is not None
    # (40 * 5 + 1 + 2) / 42 = 4.83 with a deviation of 0.76; 3 of each in the week before, when nothing deviated.
    assert mine.subject == "Отзывы клиентов, 08.06.2026 – 14.06.2026"
    assert "Подразделения: Сервис" in mine.text
    assert "Спросили: 43; отправлено: 43; ответили: 43, 100 % (95 %: от 92 до 100), n = 43" in mine.text
    assert "Средняя оценка: 4,83 (95 %: от 4,60 до 5,07), n = 42" in mine.text
    assert "К прошлой неделе: лучше на 1,83 (от 1,60 до 2,06)" in mine.text
    assert "NPS: 100 (95 %" in mine.text
    assert "слишком мало, чтобы судить" in mine.text
    assert "- R-0041: 1 из 5 https://desk.example.org/requests/41" in mine.text
    assert "Плохие оценки: 2" in mine.text
    assert mine.recipients[0].address == "p1@example.org"
    assert (mine.thread.record_id, mine.reply_to) == (None, "support@example.org")
    assert "The whole house" in whole.text
    assert "https://desk.example.org/reports/feedback-mean?from=2026-06-08&to=2026-06-14" in whole.text
    assert "https://desk.example.org/requests/41" in str(whole.html)


def test_the_next_week_has_a_letter_of_its_own_that_shows_no_difference(house: House) -> None:
    furnished(house)
    first = report_feedback.write(house, now=NOW)

    later = report_feedback.write(house, now=NOW + timedelta(days=7))

    ids = [[one.letter_id for one in some if one.letter_id] for some in (first, later)]
    assert len(set(ids[0] + ids[1])) == 4
    with house.engine.connect() as connection:
        letter = outbox.get(connection, ids[1][0])
    assert letter is not None
    assert "Средняя оценка: нет ответов" in letter.text


def test_without_an_own_address_nobody_is_written_to(house: House) -> None:
    furnished(house)
    without = replace(house, settings=house.settings.model_copy(update={"mail_address": None}))
    assert {one.why for one in report_feedback.write(without, now=NOW)} == {
        report_feedback.NO_MAIL,
        report_feedback.QUIET,
    }
