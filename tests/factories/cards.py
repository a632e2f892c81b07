"""A service desk on a fresh database: requests are opened, categorised and moved at times that a test names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from caseline.actions import know_calendars, wiring
from caseline.actions.wiring import House
from caseline.crm.cards import Card, Category, Deed, NewCard, Stage, StageRow
from caseline.crm.connect import connect
from caseline.crm.intake import Intake
from caseline.db.engine import open_engine
from caseline.settings import Settings
from tests.factories.timing import at

MOSCOW = "Europe/Moscow"
STAGES = {
    stage.code: stage
    for stage in (
        Stage(code="new", label="New", position=10),
        Stage(code="working", label="Working", position=20),
        Stage(code="waiting", label="Waiting", pauses=True, position=30),
        Stage(code="on-hold", label="On hold", pauses=True, position=35),
        Stage(code="closed", label="Closed", closed=True, position=40),
        Stage(code="rejected", label="Rejected", closed=True, position=50),
    )
}


def moscow(text: str) -> datetime:
    """An instant of the shipped calendar's own clock."""
    return at(text, MOSCOW)


@dataclass(frozen=True)
class ServiceDesk:
    """Where requests are handled; times are texts on Moscow's clock."""

    house: House
    intake: Intake

    def open(self, when: str, **fields: Any) -> Card:  # noqa: ANN401 - fields of a new card
        """A request in stage new."""
        new = NewCard(**{"subject": "Printer", "stage": "new"} | fields)
        with self.house.engine.begin() as connection:
            return self.intake.create(connection, new, Deed(at=moscow(when)))

    def category(self, code: str, hours: int, **fields: Any) -> None:  # noqa: ANN401 - fields of a category
        """Make a category, or change it."""
        with self.house.engine.begin() as connection:
            category = Category(code=code, label=code.title(), hours=hours, **fields)
            self.intake.cards.put_category(connection, category)

    def categorise(self, card: Card, code: str, when: str) -> Card:
        """Set or change the category."""
        with self.house.engine.begin() as connection:
            changed = self.intake.categorise(connection, card, code, Deed(at=moscow(when)))
        assert changed is not None
        return changed

    def move(self, card: Card, stage: str, when: str) -> Card:
        """Change the stage; nobody else is there."""
        changed = self.try_move(card, stage, when)
        assert changed is not None
        return changed

    def try_move(self, card: Card, stage: str, when: str) -> Card | None:
        """Change the stage; None when somebody was first."""
        with self.house.engine.begin() as connection:
            return self.intake.move(connection, card, STAGES[stage], Deed(at=moscow(when)))

    def rows(self, card: Card) -> list[StageRow]:
        """Stage rows of a request."""
        with self.house.engine.connect() as connection:
            return self.intake.cards.rows(connection, card.id)

    def read(self, card: Card) -> Card:
        """The request as it is now."""
        with self.house.engine.connect() as connection:
            found = self.intake.cards.get(connection, card.id)
        assert found is not None
        return found

    def query(self, statement: str, **values: Any) -> list[Any]:  # noqa: ANN401 - values of SQL
        """Rows of any statement."""
        with self.house.engine.begin() as connection:
            found = connection.execute(sa.text(statement), values)
            return list(found.all()) if found.returns_rows else []


def service_desk(url: str, **settings: Any) -> ServiceDesk:  # noqa: ANN401 - any settings
    """A desk with calendars, stages and the categories short, usual and long of 24, 48 and 72 hours."""
    return kept_desk(url, settings, keep=0)


def kept_desk(url: str, settings: Mapping[str, Any], *, keep: int) -> ServiceDesk:
    """The same, with so many connections that stay open until somebody disposes of its engine."""
    engine = open_engine(url, keep=keep)
    house = House(Settings(**settings), url, engine, connect("embedded", engine))
    desk = ServiceDesk(house, wiring.intake(house))
    with engine.begin() as connection:
        know_calendars.ready(connection, now=moscow("2026-01-12 09:00"))
        desk.intake.cards.put_stages(connection, list(STAGES.values()))
    for code, hours in (("short", 24), ("usual", 48), ("long", 72)):
        desk.category(code, hours)
    return desk
