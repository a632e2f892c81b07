"""The deployment `refresh-calendars`: new days from files, the difference first, and a look at next year."""

from typing import Annotated

from prefect import flow
from pydantic import BaseModel, ConfigDict, Field

from caseline.actions.edit_calendar import Proposal
from caseline.actions.wiring import House, open_house
from caseline.settings import load
from flows.options import AbsolutePath
from tasks import calendar_words
from tasks.watching import apply_calendar, look_ahead, publish_calendars, read_calendar


class CalendarOptions(BaseModel):
    """What to read, and whether it shall count."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    files: list[AbsolutePath] = Field(
        default=[],
        title="Files",
        description="iCalendar, CSV, XML, JSON or YAML files on the worker's machine; none: only next year is checked.",
    )
    calendar: Annotated[str | None, Field(min_length=1)] = Field(
        default=None, title="Calendar", description="Which calendar the files speak of; the default one unless named."
    )
    apply: bool = Field(
        default=False,
        title="Apply",
        description="Make the files count and count open requests anew; without this only the difference is shown.",
    )


@flow(name="refresh-calendars", timeout_seconds=3600)
def refresh_calendars(options: CalendarOptions) -> None:
    """Read days from files into new versions of calendars, the difference first; warn of years that are not known.

    All files are read before one of them counts, so that a bad one leaves nothing half done.
    """
    with open_house(load()) as house:
        pages = [calendar_words.difference(proposal, None) for proposal in _read(house, options)]
        if options.apply:
            pages = [_applied(house, file, options) for file in options.files]
        pages += look_ahead(house)
    publish_calendars(pages)


def _read(house: House, options: CalendarOptions) -> list[Proposal]:
    return [read_calendar(house, file, options.calendar) for file in options.files]


def _applied(house: House, file: str, options: CalendarOptions) -> str:
    """Read once more: the file before may have made a version of the same calendar."""
    proposal = read_calendar(house, file, options.calendar)
    applied = None if proposal.empty else apply_calendar(house, proposal, file)
    return calendar_words.difference(proposal, applied)


if __name__ == "__main__":
    refresh_calendars(CalendarOptions())
