"""What the progress line says."""

import io

import pytest
from rich.console import Console

from caseline.cli.progress import Gauge, Lines
from staging.report import Progress


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def at(settled: int, *, failed: int = 0, part: str | None = "request") -> Progress:
    return Progress(bytes_total=0, bytes_loaded=0, read=0, settled=settled, failed=failed, part=part)


def test_before_the_first_batch_it_says_that_files_are_read() -> None:
    gauge = Gauge(1_000, Clock())

    gauge.see(at(0))

    assert gauge.words == "reading, about 1,000 rows to settle"


def test_speed_and_time_left_are_measured_over_the_last_seconds() -> None:
    clock = Clock()
    gauge = Gauge(10_000, clock)
    for second, settled in ((0, 0), (30, 100), (40, 1_100), (44, 2_100)):
        clock.now = second
        gauge.see(at(settled, failed=7))

    assert gauge.speed == pytest.approx(2_000 / 14)
    assert gauge.words == "2,100 of about 10,000  143/s  55 s left  7 failed"


def test_more_rows_than_foreseen_are_no_more_than_all() -> None:
    gauge = Gauge(100, Clock())

    gauge.see(at(150, part=None))

    assert (gauge.about, gauge.share, gauge.part) == (150, 1.0, "finishing")


def test_nothing_to_do_is_no_division_by_zero() -> None:
    gauge = Gauge(0, Clock())

    gauge.see(at(0))

    assert gauge.share == 0


def test_plain_lines_come_every_ten_seconds_or_five_per_cent() -> None:
    clock, out = Clock(), io.StringIO()
    lines = Lines(Console(file=out, width=200), Gauge(1_000, clock), clock)

    for second, settled in ((1, 10), (2, 60), (3, 70), (11, 80), (12.5, 90)):
        clock.now = second
        lines.see(at(settled))

    said = [line.split(" of ")[0] for line in out.getvalue().splitlines()]
    assert said == ["request: 60", "request: 90"]
    assert out.getvalue().splitlines()[0].endswith("0 failed, 6% done")
