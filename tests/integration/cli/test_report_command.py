"""`caseline report`: the figures of the reports for eyes, spreadsheets and programs."""

import csv
import io

import pytest

from caseline.actions.wiring import House
from caseline.reports.questions import FIGURES, Report
from tests.factories import histories
from tests.factories.served import house
from tests.integration.cli.conftest import Command

__all__ = ["house"]

YEAR = ("--from", "2025-06-01", "--to", "2026-06-15", "--zone", "UTC")


@pytest.fixture
def caseline(house: House, caseline: Command) -> Command:
    """The command on a register with histories."""
    histories.kept(house, histories.drawn(21, 40))
    return caseline


def test_all_three_ways_tell_the_same_figures(caseline: Command) -> None:
    for report in Report:
        told = caseline("report", report, *YEAR, "--json").object
        assert (told["report"], told["from"], told["to"], told["zone"]) == (report, "2025-06-01", "2026-06-15", "UTC")
        lines = list(csv.DictReader(io.StringIO(caseline("report", report, *YEAR, "--csv").out)))
        assert [line[told["by"]] for line in lines] == [line["key"] for line in told["lines"]] + [""]
        for name in FIGURES[report]:
            numbers = [line["counts"][name] for line in (*told["lines"], told["total"])]
            assert [int(line[name]) for line in lines] == numbers
        shown = caseline("report", report, *YEAR)
        assert shown.code == 0
        assert "Total" in shown.out


def test_filters_narrow_what_is_counted(caseline: Command) -> None:
    everything = caseline("report", "backlog", "--json").object["total"]["counts"]
    some = caseline("report", "backlog", "--category", "power", "--category", "-", "--json").object["total"]["counts"]
    nothing = caseline("report", "backlog", "--group", "nonsense", "--json").object

    assert 0 < sum(some.values()) < sum(everything.values())
    assert nothing["lines"] == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("flow", "--by", "group"), "flow has lines by period"),
        (("flow", "--from", "x"), "write a day as YYYY-MM-DD"),
        (("flow", "--from", "2026-02-02", "--to", "2026-02-01"), "the last day lies before"),
        (("flow", "--period", "fortnight"), "no such period"),
        (("nonsense",), "nonsense"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(caseline: Command, words: tuple[str, ...], says: str) -> None:
    answer = caseline("report", *words)

    assert answer.code == 2
    assert says in " ".join(answer.err.replace("│", " ").split())


def test_a_zone_that_is_none_is_told(caseline: Command) -> None:
    answer = caseline("report", "flow", "--zone", "Nowhere")
    assert answer.code == 1
    assert "'Nowhere' is unknown" in answer.err
