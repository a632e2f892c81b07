"""Counts the time that records of a Bitrix24 portal spent on each stage, from the history that the portal keeps."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from caseline.crm import stage_times
from caseline.crm.bitrix24 import stage_history
from caseline.crm.cards import Refused, StageRow, Total
from caseline.text_files.decoding import decoded
from caseline.timing.calendars import Calendar
from caseline.timing.clock import Clock
from caseline.timing.vocabulary import Mode


@dataclass(frozen=True, slots=True)
class Visits:
    """All visits of a record to stages, and those that it has left added up."""

    record: int
    """Its number in the portal."""
    rows: tuple[StageRow, ...]
    totals: tuple[Total, ...]


def read(file: Path, calendar: Calendar, mode: Mode, pausing: Collection[str] = ()) -> list[Visits]:
    """The records of saved answers of `crm.stagehistory.list`, by number; raises `Refused` that names what is wrong."""
    try:
        answer = json.loads(decoded(file.read_bytes(), file.name))
    except ValueError as error:
        raise Refused(f"{file}: this is no JSON ({error}): save what the portal answers as it comes") from error
    found = stage_history.visits(stage_history.items(answer), Clock(calendar, mode), pausing)
    return [Visits(record, tuple(rows), tuple(stage_times.totals(rows))) for record, rows in found.items()]
