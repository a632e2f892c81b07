"""Commands that count: `calendar deadline`, `calendar duration`."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caseline.cli import door, screen, time_shown
from caseline.cli.choices import JsonOption, LanguageOption
from caseline.cli.plain import plain
from caseline.timing.vocabulary import Language, Mode

if TYPE_CHECKING:
    from caseline.actions.wiring import House
    from caseline.timing.calendars import Calendar

AnyCalendarOption = Annotated[
    str | None, typer.Option("--calendar", metavar="ID|FILE", help="Another calendar than the default; or a YAML file.")
]
CountedModeOption = Annotated[Mode, typer.Option("--mode", help="What a number of hours means.")]
_Start = Annotated[
    str | None, typer.Option("--start", metavar="TIME", help="From when, with its zone: 2026-06-05T18:30+03:00.")
]
_Cases = Annotated[
    Path | None,
    typer.Option(
        "--cases", metavar="FILE", help="Answer each line of this file of JSON lines (- for stdin) with a line of JSON."
    ),
]


def register(family: typer.Typer) -> None:
    """Add the commands to the family of calendars."""
    family.command("deadline")(deadline)
    family.command("duration")(duration)


def deadline(
    start: _Start = None,
    hours: Annotated[
        float | None, typer.Option("--hours", metavar="N", help="How many hours: 24, 48, 72 or any other number.")
    ] = None,
    calendar: AnyCalendarOption = None,
    mode: CountedModeOption = Mode.WORKING_DAYS,
    cases: _Cases = None,
    language: LanguageOption = Language.ENGLISH,
    as_json: JsonOption = False,
) -> None:
    """Say when so many hours from a start are used up, and why then.

    A line of --cases is {"id", "start", "hours" or "end", "mode", "calendar"}: instants with Z or an offset, the
    calendar an id, a YAML file, or an object {tz, weekend, holidays, working_days, short_days, hours}; each is answered
    by {"id", "deadline"}, {"id", "elapsed_s", "business_s"} or {"id", "error"}. --calendar and --mode hold for lines
    that name none.
    """
    from caseline.actions import count_time
    from caseline.timing import wording

    if cases is not None:
        _answer(cases, calendar, mode, alone=start is None and hours is None)
        return
    if start is None or hours is None:
        raise typer.BadParameter("give --start and --hours, or --cases FILE")
    since = count_time.instant(start, "start")
    due = count_time.deadline(find(calendar), mode, since, hours)
    tongue = Language(language.value)
    if as_json:
        said = {str(one): wording.sentence(due.told, one) for one in Language}
        doubt = {str(one): due.doubt.text(one) for one in Language} if due.doubt else None
        screen.print_json({"deadline": plain(due.told.due), "told": plain(due.told) | said, "doubt": doubt})
        return
    screen.out().print(f"{due.told.due.isoformat()}", style="bold")
    screen.out().print(wording.sentence(due.told, tongue), soft_wrap=True)
    if due.doubt:
        screen.out().print(due.doubt.text(tongue), style="yellow", soft_wrap=True)


def duration(
    start: _Start = None,
    end: Annotated[
        str | None, typer.Option("--end", metavar="TIME", help="Until when; the end itself is not in.")
    ] = None,
    calendar: AnyCalendarOption = None,
    mode: CountedModeOption = Mode.WORKING_DAYS,
    cases: _Cases = None,
    as_json: JsonOption = False,
) -> None:
    """Say how long it is from a start to an end: elapsed, and in business time. --cases: see `calendar deadline`."""
    from caseline.actions import count_time

    if cases is not None:
        _answer(cases, calendar, mode, alone=start is None and end is None)
        return
    if start is None or end is None:
        raise typer.BadParameter("give --start and --end, or --cases FILE")
    since, until = count_time.instant(start, "start"), count_time.instant(end, "end")
    found = count_time.duration(find(calendar), mode, since, until)
    if as_json:
        screen.print_json({"elapsed_s": found.elapsed_s, "business_s": found.business_s})
        return
    spans = f"elapsed {time_shown.span(found.elapsed_s)}, business {time_shown.span(found.business_s)}"
    screen.out().print(f"{spans} (hours:minutes:seconds)")


def find(wanted: str | None) -> "Calendar":
    """A calendar by its id in the database, or the one of a YAML file."""
    from caseline.actions import count_time, know_calendars

    def ask(calendar_id: str | None) -> "Calendar":
        with door.house() as house:
            return know_calendars.newest(house, calendar_id, now=door.now())

    return count_time.calendar(wanted, ask)


def _answer(file: Path, calendar: str | None, mode: Mode, *, alone: bool) -> None:
    """Lines of answers; the house is opened when the first line names a calendar by its id."""
    from caseline.actions import count_time, know_calendars

    if not alone:
        raise typer.BadParameter("--cases FILE says start, hours and end in its lines: leave these options out")
    with ExitStack() as stack:
        opened: list[House] = []

        def ask(calendar_id: str | None) -> "Calendar":
            if not opened:
                opened.append(stack.enter_context(door.house()))
            return know_calendars.newest(opened[0], calendar_id, now=door.now())

        # A line that is no UTF-8 is answered like any other bad line.
        source: Path | int = sys.stdin.fileno() if str(file) == "-" else file
        lines = stack.enter_context(open(source, encoding="utf-8", errors="surrogateescape", closefd=source is file))
        for line in count_time.answers(lines, ask, calendar_id=calendar, mode=mode):
            sys.stdout.write(line + "\n")
