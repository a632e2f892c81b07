"""When a line of progress is due, and what it says."""

import pytest

from caseline.actions.foresee_import import Outlook
from staging.report import Progress
from tasks.milestones import Milestones, duration


def milestones(*, settled: int = 0, records: int = 1_000) -> Milestones:
    outlook = Outlook(files=1, size=1, files_left=1, settled=settled, again=0, records=records)
    return Milestones(outlook, begun_s=100.0)


def progress(settled: int, *, failed: int = 0, part: str | None = "request") -> Progress:
    return Progress(bytes_total=1, bytes_loaded=1, read=settled, settled=settled, failed=failed, part=part)


def test_no_line_before_two_percent() -> None:
    assert milestones().due(progress(19), now_s=101) is None


def test_a_line_each_two_percent_and_no_second_one_for_the_same() -> None:
    followed = milestones()
    due = [settled for settled in range(1, 1_001) if followed.due(progress(settled), now_s=101)]

    assert due[:3] == [20, 40, 60]
    assert len(due) == 49


def test_a_leap_over_many_steps_is_one_line() -> None:
    followed = milestones()

    assert followed.due(progress(500), now_s=101)
    assert followed.due(progress(510), now_s=101) is None


def test_line_tells_place_rate_time_left_and_failures() -> None:
    line = milestones().due(progress(250, failed=3), now_s=105)

    assert line == "25 %: 250 of about 1,000 rows, 50 rows/s, about 15 s left, 3 FAILED, now request"


def test_rate_of_a_resumed_import_counts_only_its_own_rows() -> None:
    line = milestones(settled=500).due(progress(600), now_s=110)

    assert line is not None
    assert "10 rows/s, about 40 s left" in line


def test_first_line_of_a_resumed_import_is_a_step_further() -> None:
    followed = milestones(settled=500)

    assert followed.due(progress(510), now_s=101) is None
    assert followed.due(progress(520), now_s=101)


def test_a_guess_that_was_too_low_never_shows_a_hundred_percent() -> None:
    followed = milestones(records=100)

    assert followed.percent(150) == 99
    line = followed.due(progress(150, part=None), now_s=101)
    assert line is not None
    assert "150 of about 150 rows" in line


def test_nothing_expected_is_no_percent() -> None:
    assert milestones(records=0).percent(0) == 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.4, "59 s"), (65, "1 min 05 s"), (3_600, "1 h 00 min"), (7_860, "2 h 11 min")],
)
def test_durations_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words
