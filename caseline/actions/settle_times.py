"""Counts what sets leave to be counted: business time of stage rows, deadlines, obligatory fields that are empty."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import numpy as np

from caseline.actions import know_calendars, obey_rules, wiring
from caseline.actions.wiring import House
from caseline.crm import recount
from caseline.crm.deadlines import DeadlineFrom
from caseline.crm.intake import Intake
from caseline.timing import instants, store

MOST: Final = 50_000
"""Stage rows of one transaction."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What was counted."""

    stage_rows: int
    deadlines: int


def settle(house: House, *, now: datetime) -> Settled:
    """Count what is not counted yet, by the default calendar's newest version.

    It may stop anywhere and be started again, or twice at once: every batch is committed, and a row that is counted is
    never counted again. Nothing is sent and no alarm is set: what is past at its first count stays quiet.
    """
    intake = wiring.intake(house)
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
    settled = Settled(_stage_rows(house, intake), _deadlines(house, intake, now))
    obey_rules.recount_if_ruled(house)
    return settled


def _stage_rows(house: House, intake: Intake) -> int:
    after, number = (0, 0), 0
    while True:
        with house.engine.begin() as connection:
            spans = intake.cards.uncounted(connection, after, MOST)
            if not len(spans.rows):
                return number
            clock = intake.clocks.newest(connection, None)
            # A legacy date outside the years that can be counted has no working time there.
            starts, ends = (np.clip(side, instants.FIRST, instants.END - 1) for side in (spans.starts, spans.ends))
            intake.cards.count_rows(connection, spans, clock.business(starts, ends), clock)
        after = (int(spans.records[-1]), int(spans.rows[-1]))
        number += len(spans.rows)


def _deadlines(house: House, intake: Intake, now: datetime) -> int:
    number, by_category = 0, intake.policy.deadline_from is DeadlineFrom.CATEGORY
    with house.engine.begin() as connection:
        intake.cards.hold(connection)
        default = store.default(connection) or ""
        for calendar_id, version in sorted(store.newest(connection).items()):
            terms = recount.countable(intake.cards.missing(connection, calendar_id, default, by_category=by_category))
            for dues in recount.count(
                terms,
                partial(intake.clocks.newest, connection, calendar_id),
                partial(intake.cards.pauses, connection),
            ):
                intake.cards.set_missing(connection, dues, (calendar_id, version), now=now)
            number += len(terms.ids)
    return number
