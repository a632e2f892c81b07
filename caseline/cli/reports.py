"""The command `caseline report`: the figures of the reports, for eyes, spreadsheets and programs."""

from typing import TYPE_CHECKING, Annotated

import typer

from caseline.cli import door, screen, time_shown
from caseline.cli.choices import JsonOption
from caseline.cli.plain import plain
from caseline.reports.periods import DEFAULT, Step
from caseline.reports.questions import AXES, FIGURES, Axis, Report

if TYPE_CHECKING:
    from caseline.reports.figures import Answer, Line

_Several = Annotated[
    list[str] | None, typer.Option(metavar="CODE|ID", help="Only these, repeatable; '-': those of none.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(report)


def report(
    name: Annotated[Report, typer.Argument(metavar="NAME", help=f"One of {', '.join(Report)}.")],
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day, as 2026-06-01.")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="The last day; today unless said.")] = "",
    period: Annotated[
        str, typer.Option("--period", metavar="NAME", help="30d (the last 30 days), this_month, last_quarter, …")
    ] = DEFAULT,
    by: Annotated[
        Axis | None, typer.Option("--by", help="What the lines are; which there are depends on the report.")
    ] = None,
    step: Annotated[Step | None, typer.Option("--step", help="How long the steps are, by period.")] = None,
    category: _Several = None,
    group: _Several = None,
    person: _Several = None,
    channel: _Several = None,
    zone: Annotated[
        str | None,
        typer.Option("--zone", metavar="ZONE", help="Whose days; those of the default calendar unless said."),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table for spreadsheets, and nothing else.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show a report: time per stage, deadlines, flow, backlog, categories, dictionary entries, workload.

    Durations are in seconds in --json and --csv.
    """
    from caseline.actions import read_reports
    from caseline.reports.periods import PeriodFault

    axis = by or AXES[name][0]
    if axis not in AXES[name]:
        raise typer.BadParameter(f"{name} has lines by {', '.join(AXES[name])}", param_hint="--by")
    now = door.now()
    with door.house() as house:
        wish = read_reports.Wish(
            report=name,
            by=axis,
            step=step,
            period=period,
            first=first,
            last=last,
            zone=zone or read_reports.zone(house),
        )
        narrowed = {"category": category, "group": group, "person": person, "channel": channel}
        try:
            asking = read_reports.ask(wish, {key: tuple(some or ()) for key, some in narrowed.items()}, now=now)
        except PeriodFault as error:
            raise typer.BadParameter(str(error).partition(": ")[2], param_hint=f"--{error.field}") from error
        answer = read_reports.answer(house, asking)
    if as_json:
        screen.print_json(_told(answer))
    elif as_csv:
        _print_csv(answer)
    else:
        _show(answer)


def _told(answer: "Answer") -> dict[str, object]:
    question = answer.question
    return {
        "report": question.report.value,
        "from": question.period.first.isoformat(),
        "to": question.period.last.isoformat(),
        "zone": question.period.zone,
        "by": question.by.value,
        "step": question.step.value if question.by is Axis.PERIOD else None,
        "lines": [plain(line) for line in answer.lines],
        "total": plain(answer.total),
        "uncounted": answer.uncounted,
    }


def _heads(answer: "Answer") -> list[str]:
    spreads = [f"{kind}_{part}" for kind in ("elapsed", "business") for part in ("median", "p90", "total")]
    question = answer.question
    return [*FIGURES[question.report], *(spreads if question.report is Report.STAGES else ())]


def _values(answer: "Answer", line: "Line") -> list[int | None]:
    made: list[int | None] = [line.counts[name] for name in FIGURES[answer.question.report]]
    if answer.question.report is Report.STAGES:
        for one in (line.elapsed, line.business):
            made += [None] * 3 if one is None else [round(one.median), round(one.p90), one.total]
    return made


def _print_csv(answer: "Answer") -> None:
    import sys

    from caseline.text_files import csv_table

    heads = [answer.question.by.value, "label", *_heads(answer)]
    lines = [(line.key, line.label or "", line) for line in answer.lines] + [("", "total", answer.total)]
    cells = [[key, label, *("" if one is None else one for one in _values(answer, line))] for key, label, line in lines]
    sys.stdout.write(csv_table.written(heads, cells))


def _show(answer: "Answer") -> None:
    heads = _heads(answer)
    period = answer.question.period
    table = screen.table(answer.question.by.value.capitalize(), *heads, numbers=tuple(heads))
    number = len(FIGURES[answer.question.report])
    for line in (*answer.lines, answer.total):
        name = "Total" if line is answer.total else line.label or line.key or "(none)"
        values = _values(answer, line)
        spans = [time_shown.span(one) for one in values[number:]]
        table.add_row(name, *(f"{one or 0:,}" for one in values[:number]), *spans)
    days = "now" if answer.question.report is Report.BACKLOG else f"{period.first} to {period.last} ({period.zone})"
    screen.headed(screen.out(), f"{answer.question.report}, {days}", table)
