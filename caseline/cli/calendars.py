"""The family `caseline calendar`: which there are, a year of one, new days from a file or by hand."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caseline.cli import calendar_files, calendar_shown, counting, door, screen
from caseline.cli.choices import CalendarOption, JsonOption, LanguageOption
from caseline.cli.plain import plain
from caseline.timing.vocabulary import DayKind, Language

if TYPE_CHECKING:
    from caseline.actions.edit_calendar import Proposal
    from caseline.actions.recount_deadlines import Recount
    from caseline.actions.wiring import House

_Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, such as the number of a decree.")]
_By = Annotated[str, typer.Option("--by", metavar="NAME", envvar="USER", help="Who does this, for the record.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="Calendars, deadlines and durations.", no_args_is_help=True)
    family.command("list")(listed)
    family.command("show")(show)
    family.command("import")(read)
    family.command("day")(day)
    family.command("default")(default)
    calendar_files.register(family)
    counting.register(family)
    app.add_typer(family, name="calendar")


def listed(as_json: JsonOption = False) -> None:
    """List all calendars with their versions: who made them, when and why."""
    from caseline.actions import know_calendars

    with door.house() as house:
        found = know_calendars.versions(house, now=door.now())
        notices = know_calendars.renewals(house, now=door.now())
    calendar_shown.versions(found, notices, as_json=as_json)


def show(
    year: Annotated[int, typer.Argument(metavar="YEAR", min=1900, max=2199, help="The year to show.")],
    calendar: CalendarOption = None,
    language: LanguageOption = Language.ENGLISH,
    as_json: JsonOption = False,
) -> None:
    """Show a year of a calendar: working days and hours by month, days off, working week-ends, short days."""
    from caseline.actions import know_calendars
    from caseline.timing import years

    with door.house() as house:
        found = know_calendars.newest(house, calendar, now=door.now())
    calendar_shown.year(years.summary(found, year), language, as_json=as_json)


def read(
    file: Annotated[
        str, typer.Argument(metavar="FILE|ID", help="A .ics, .csv, .xml, .json or .yaml file, or a shipped calendar.")
    ],
    apply: Annotated[
        bool, typer.Option("--apply", help="Make it count; without this the difference is shown.")
    ] = False,
    calendar: CalendarOption = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why; the file's name unless said.")
    ] = None,
    by: _By = "unknown",
    language: LanguageOption = Language.ENGLISH,
    as_json: JsonOption = False,
) -> None:
    """Read days from a file into a new version of a calendar. The difference is shown first, and nothing is changed.

    A file tells all days of the years that it speaks of: what it does not name there is a day like any other. For a
    single day use `calendar day`. A YAML file is a whole calendar and tells all years.

    With --apply the version counts from now on: deadlines of open requests are counted anew and logged, old and new.
    """
    from caseline.actions import edit_calendar
    from caseline.timing import calendar_file

    path = Path(file)
    with door.house() as house:
        if file in calendar_file.shipped():
            proposal = edit_calendar.propose_shipped(house, file, calendar_id=calendar, now=door.now())
        else:
            content = path.read_bytes()
            proposal = edit_calendar.propose_file(house, content, path.name, calendar_id=calendar, now=door.now())
        applied = _apply(house, proposal, reason or path.name, by) if apply and not proposal.empty else None
    calendar_shown.proposal(proposal, applied, language, as_json=as_json)


def day(
    date: Annotated[datetime, typer.Argument(metavar="DATE", formats=["%Y-%m-%d"], help="The day, YYYY-MM-DD.")],
    kind: Annotated[DayKind, typer.Argument(help="What it becomes.")],
    reason: _Reason,
    calendar: CalendarOption = None,
    minutes: Annotated[
        int, typer.Option("--minutes", min=1, max=1439, help="Minutes by which a short day is shorter.")
    ] = 60,
    by: _By = "unknown",
    language: LanguageOption = Language.ENGLISH,
    as_json: JsonOption = False,
) -> None:
    """Make a day off, working or short, in a new version of a calendar; deadlines of open requests are counted anew."""
    from caseline.actions import edit_calendar

    wish = edit_calendar.DayWish(date.date(), kind, reason, minutes)
    with door.house() as house:
        proposal = edit_calendar.propose_day(house, wish, calendar_id=calendar, now=door.now())
        applied = _apply(house, proposal, reason, by)
    calendar_shown.proposal(proposal, applied, language, as_json=as_json)


def default(
    calendar: Annotated[str, typer.Argument(metavar="ID", help="The calendar that shall count.")],
    as_json: JsonOption = False,
) -> None:
    """Let a calendar count where a category names no other; deadlines that are set stay as they are."""
    from caseline.actions import keep_categories

    with door.house() as house:
        keep_categories.make_default(house, calendar, now=door.now())
    if as_json:
        screen.print_json(plain({"default": calendar}))
    else:
        screen.out().print(f"Calendar {calendar} counts from now on where no other is named")


def _apply(house: "House", proposal: "Proposal", reason: str, by: str) -> "Recount":
    from caseline.actions import edit_calendar
    from caseline.timing.store import Note

    with screen.busy("Counting deadlines anew"):
        return edit_calendar.apply(house, proposal, Note(at=door.now(), by=by, reason=reason))
