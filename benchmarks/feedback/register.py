"""Registers of closed requests, each a database of its own on one server, with a campaign that asks about them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import psycopg
import sqlalchemy as sa

from benchmarks.feedback import statements
from benchmarks.server import Server
from caseline.actions import keep_campaigns, know_calendars, open_request, wiring
from caseline.actions.wiring import House
from caseline.crm.connect import connect
from caseline.db import schema
from caseline.db.engine import open_engine
from caseline.feedback import books
from caseline.settings import Settings

NOW: Final = datetime(2026, 11, 30, 9, tzinfo=UTC)
"""The newest request was closed just before."""
CAMPAIGN: Final = "smileys-on-closure"
PUBLIC: Final = "http://127.0.0.1"
_YEARS: Final = timedelta(days=5 * 365)
_STEP: Final = _YEARS / 290_000
"""Between two requests: a smaller register is a shorter history of the same traffic."""
_PART: Final = 50_000


@dataclass(frozen=True)
class Register:
    """A database with so many closed requests."""

    house: House
    requests: int

    def run(self, *queries: str, **values: object) -> None:
        """Write something, in one transaction; what follows is as if it had always been there."""
        with self.house.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql("SET LOCAL work_mem = '128MB'")
            for query in queries:
                connection.execute(sa.text(query), {"until": NOW, "count": self.requests, **values})

    def ask(self, query: str, **values: object) -> int:
        """The number that a query answers."""
        with self.house.engine.connect() as connection:
            return int(connection.execute(sa.text(query), values).scalar_one())

    def tidy(self) -> None:
        """What autovacuum would have done by tomorrow."""
        with psycopg.connect(self.house.url, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")

    def close(self, count: int, *, ago: timedelta = timedelta(), step: timedelta | None = None) -> None:
        """Let people close so many new requests, the last one that long ago."""
        first = self.ask("SELECT coalesce(max(id), 0) + 1 FROM crm.record")
        last, pause = first + count - 1, step or timedelta(seconds=1)
        for begin in range(first, last + 1, _PART):
            end = min(last, begin + _PART - 1)
            values = {"first": begin, "last": end, "contacts": max(1000, self.requests // 3)}
            until = NOW - ago - (last - end) * pause
            self.run(*statements.REQUESTS, step=f"{pause.total_seconds()} seconds", **values | {"until": until})


@contextmanager
def made(server: Server, name: str, requests: int) -> Iterator[Register]:
    """A fresh one, of requests that nobody has been asked about; the campaign is on since before the first of them."""
    url = server.copy(name, of="template0")
    schema.upgrade(url)
    engine = open_engine(url)
    settings = Settings(home=server.home, mail_address="support@example.org", public_url=PUBLIC)
    register = Register(House(settings, url, engine, connect("embedded", engine)), requests)
    try:
        _surroundings(register)
        register.close(requests, step=_STEP)
        register.tidy()
        yield register
    finally:
        engine.dispose()


def _surroundings(register: Register) -> None:
    house = register.house
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=NOW)
        open_request.stages(connection, wiring.intake(house).cards)
        keep_campaigns.ship(connection, now=NOW)
        kept = books.by_code(connection, CAMPAIGN)
        if kept is None:
            raise LookupError(f"no campaign {CAMPAIGN} ships any more: name another one in benchmarks/feedback")
        books.switch(connection, kept, NOW - _YEARS - timedelta(days=2))
    register.run(*statements.SURROUNDINGS)
