"""A client of a scripted portal on a fresh database, and a clock that passes when somebody sleeps."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

import sqlalchemy as sa
from pydantic import SecretStr

from caseline.crm.bitrix24.answers import Outcome
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.options import Options
from caseline.db.engine import open_engine
from tests.factories.scripted_portal import ScriptedPortal, serve

ADD: Final = "crm.lead.add"


@dataclass
class Time:
    """Passes by sleeping only; instants in the tables of the database come nearer by as much."""

    engine: sa.Engine
    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        with self.engine.begin() as connection:
            for table, columns in {"pace": ("full_at", "struck_at"), "operating": ("reset_at", "closed_until")}.items():
                moved = ", ".join(f"{name} = {name} - make_interval(secs => :seconds)" for name in columns)
                connection.execute(sa.text(f"UPDATE portal.{table} SET {moved}"), {"seconds": seconds})


@dataclass
class Bench:
    """A client, the portal that it talks to, and the clock that it lives by."""

    server: ScriptedPortal
    engine: sa.Engine
    time: Time

    def client(self, **options: Any) -> Portal:  # noqa: ANN401 - any of the options
        usual = Options(sleep=self.time.sleep, monotonic=self.time.monotonic, burst=1000)
        return Portal(SecretStr(self.server.url), self.engine, replace(usual, **options))


@contextmanager
def bench(database_url: str) -> Iterator[Bench]:
    """All of it, for as long as the context lasts."""
    engine = open_engine(database_url)
    with serve() as server:
        yield Bench(server, engine, Time(engine))
    engine.dispose()


def calls(count: int, method: str = ADD) -> dict[str, Call]:
    """So many records to be written."""
    return {f"r{n}": Call(method, {"fields": {"TITLE": f"Заявка {n}"}}) for n in range(count)}


def executed(table: Bench) -> list[str]:
    """The numbers of the records that the portal has written."""
    return [params["fields"]["TITLE"].removeprefix("Заявка ") for _method, params in table.server.executed]


def kinds(outcomes: Mapping[str, Outcome]) -> str:
    """One letter for each outcome: d, r, u, h."""
    return "".join(type(outcome).__name__[0].lower() for outcome in outcomes.values())
