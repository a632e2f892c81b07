"""Builds what the actions work with from the settings: database, CRM, intake."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from caseline.crm.connect import cards, connect
from caseline.crm.deadlines import DeadlineFrom, Policy, RecalcOnCategory
from caseline.crm.intake import Intake
from caseline.crm.port import Crm
from caseline.db import embedded, schema
from caseline.db.engine import open_engine
from caseline.settings import Settings
from caseline.timing.clocks import Clocks


@dataclass(frozen=True, slots=True)
class House:
    """Open doors: the database with this version's tables, and the CRM."""

    settings: Settings
    url: str
    engine: sa.Engine
    crm: Crm


def database_url(settings: Settings) -> str:
    """URL of the database that the settings mean; starts the embedded server when it is that one."""
    outside = settings.database()
    return outside if outside is not None else embedded.ensure_running(settings.home).url


@contextmanager
def open_house(settings: Settings) -> Iterator[House]:
    """Start or reach the database, bring its tables up to date, connect the CRM."""
    url = database_url(settings)
    schema.upgrade(url)
    engine = open_engine(url)
    try:
        yield House(settings, url, engine, connect(settings.crm, engine))
    finally:
        engine.dispose()


def intake(house: House) -> Intake:
    """What requests are opened, categorised and moved by; keeps the clocks that it has built."""
    settings = house.settings
    policy = Policy(DeadlineFrom(settings.deadline_from), RecalcOnCategory(settings.recalc_on_category))
    return Intake(cards(settings.crm), Clocks(), policy)
