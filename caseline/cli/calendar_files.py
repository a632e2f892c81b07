"""Commands that write calendars as YAML, to be edited and read in again: `calendar write`, `calendar generate`."""

import re
import sys
from datetime import datetime
from typing import Annotated, Final

import typer

from caseline.cli import door

_YEARS: Final = re.compile(r"([0-9]{4})(?:-([0-9]{4}))?")
_MOST_YEARS: Final = 50


def register(family: typer.Typer) -> None:
    """Add the commands to the family of calendars."""
    family.command("write")(write)
    family.command("generate")(generate)


def write(
    calendar: Annotated[str | None, typer.Argument(metavar="[ID]", help="Which; the default one unless named.")] = None,
) -> None:
    """Write a calendar as YAML: edit it, then read it again with `calendar import FILE.yaml`."""
    from caseline.actions import know_calendars
    from caseline.timing import calendar_file

    with door.house() as house:
        found = know_calendars.newest(house, calendar, now=door.now())
    sys.stdout.write(calendar_file.render(found))


def generate(
    country: Annotated[str, typer.Argument(metavar="COUNTRY", help="Two letters, such as KZ.")],
    zone: Annotated[str, typer.Option("--zone", metavar="NAME", help="IANA name, such as Asia/Almaty.")],
    region: Annotated[str, typer.Option("--region", metavar="CODE", help="A part of the country.")] = "",
    years: Annotated[
        str | None, typer.Option("--years", metavar="FROM-TO", help="Last year to the next one unless said.")
    ] = None,
) -> None:
    """Write a calendar of another country as YAML, from the library `holidays` (pip install caseline[calendars]).

    Look at it, add short days and working hours, then read it with `calendar import FILE.yaml`. Nothing asks the
    library afterwards.
    """
    from caseline.timing import generate as generating

    sys.stdout.write(generating.calendar_text(country, _years(years, door.now()), zone=zone, region=region))


def _years(text: str | None, now: datetime) -> range:
    if text is None:
        return range(now.year - 1, now.year + 2)
    found = _YEARS.fullmatch(text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if not 0 <= last - first < _MOST_YEARS:
        raise typer.BadParameter(f"{text!r}: write FROM-TO, at most {_MOST_YEARS} years, such as 2025-2027")
    return range(first, last + 1)
