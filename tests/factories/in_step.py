"""A sandbox portal and a register that is kept in step with it; a test moves the portal's clock."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from pydantic import SecretStr

from caseline.actions import know_calendars, settle_times, sync_portal, wiring
from caseline.actions.sync_portal import Synced
from caseline.actions.wiring import House
from caseline.crm.cards import Card, Category, StageRow
from caseline.crm.port import Definitions
from caseline.db.engine import open_engine
from caseline.portal_sandbox import Judge, Options, Running, running
from caseline.settings import Settings
from tests.factories import portals
from tests.factories.cards import moscow

STAGES = (("new", "New", False), ("done", "Done", True))
TYPES = {"lead": 1, "contact": 3, "company": 4}


@dataclass
class Clock:
    """The portal's clock, on Moscow's time."""

    now: datetime = field(default_factory=lambda: moscow("2026-06-08 10:00"))

    def __call__(self) -> float:
        return self.now.timestamp()

    def set(self, text: str) -> None:
        self.now = moscow(text)


@dataclass
class InStep:
    """Both sides."""

    house: House
    clock: Clock
    portal: Running
    http: httpx.Client
    judge: Judge

    def call(self, method: str, **params: Any) -> Any:  # noqa: ANN401 - whatever a portal answers
        """A call that goes well in the end, made by somebody else than the house."""
        for _attempt in range(20):
            with suppress(httpx.HTTPError, ValueError, KeyError):
                return self.http.post(method, json=params).json()["result"]
        raise AssertionError(self.http.post(method, json=params).text)

    def add(self, kind: str = "lead", **fields: Any) -> int:  # noqa: ANN401 - fields of the portal
        return int(self.call("crm.item.add", entityTypeId=TYPES[kind], fields=fields)["item"]["id"])

    def change(self, number: int, kind: str = "lead", **fields: Any) -> None:  # noqa: ANN401 - as above
        self.call("crm.item.update", entityTypeId=TYPES[kind], id=number, fields=fields)

    def delete(self, number: int, kind: str = "lead") -> None:
        self.call("crm.item.delete", entityTypeId=TYPES[kind], id=number)

    def lead(self, number: int) -> dict[str, Any]:
        """A lead by the portal's upper-case names, past the portal."""
        return next(entry.fields for entry in self.judge.records("lead") if entry.id == number)

    def sync(self, *, minutes: float = 0, everything: bool = False) -> Synced:
        """Sync once, so many minutes later."""
        self.clock.now += timedelta(minutes=minutes)
        return sync_portal.sync(self.house, now=self.clock.now, everything=everything)

    def card(self, number: int) -> Card:
        with self.house.engine.connect() as connection:
            found = wiring.intake(self.house).cards.get(connection, number)
        assert found is not None
        return found

    def rows(self, number: int) -> list[StageRow]:
        with self.house.engine.connect() as connection:
            return wiring.intake(self.house).cards.rows(connection, number)

    def query(self, statement: str, **values: Any) -> list[Any]:  # noqa: ANN401 - values of SQL
        with self.house.engine.begin() as connection:
            found = connection.execute(sa.text(statement), values)
            return list(found.all()) if found.returns_rows else []

    def events(self, number: int | None = None) -> list[tuple[str, str, bool]]:
        """(entity, what, imported) of the event log, oldest first."""
        rows = self.query("SELECT entity, record_id, type, imported FROM crm.event ORDER BY id")
        return [(entity, what, imported) for entity, of, what, imported in rows if number in (None, of)]

    def counted(self) -> Counter[str]:
        return Counter(what for _entity, what, _imported in self.events())

    def category(self, code: str, hours: int = 24, **fields: Any) -> None:  # noqa: ANN401 - fields of a category
        with self.house.engine.begin() as connection:
            made = Category(**{"label": code.title()} | fields, code=code, hours=hours)
            wiring.intake(self.house).cards.put_category(connection, made)

    def imported(self, origins: Sequence[str], **fields: Any) -> list[int]:  # noqa: ANN401 - fields of the register
        """Requests that an import of the source `shop` brings; ids."""
        outcomes = self.house.crm.write("request", "shop", [request(n, one, **fields) for n, one in enumerate(origins)])
        assert all(outcome.crm_id for outcome in outcomes), outcomes
        settle_times.settle(self.house, now=self.clock.now)
        return [outcome.crm_id for outcome in outcomes if outcome.crm_id]


def request(ref: int, origin: str, **fields: Any) -> Mapping[str, Any]:  # noqa: ANN401 - fields of the register
    """A new record as `Incoming.rows` has it."""
    new: dict[str, Any] = {"ref": ref, "crm_id": None, "is_new": True, "version": None, "origin": origin, "extra": {}}
    made = {"subject": f"Subject {origin}", "stage": "new", "created_at": datetime(2026, 6, 1, 7, tzinfo=UTC)}
    return {**new, **made, **fields}


@contextmanager
def in_step(
    url: str,
    folder: Path,
    *,
    bound: bool = True,
    sleep: Callable[[float], None] = time.sleep,
    **options: Any,  # noqa: ANN401 - of a portal
) -> Iterator[InStep]:
    """A portal in this process and a house before it; `bound`: stages and fields of an import are there."""
    clock = Clock()
    store = folder / portals.STORE
    told: dict[str, Any] = {"limited": False, "store": store, "clock": clock} | options
    with running(Options(**told)) as portal, httpx.Client(base_url=portal.webhook, timeout=20) as http:
        engine = open_engine(url)
        crm = portals.crm(engine, portal.webhook, sleep=sleep)
        settings = Settings(crm="bitrix24", bitrix24_url=SecretStr(portal.webhook))
        house = House(settings, url, engine, crm)
        with engine.begin() as connection:
            know_calendars.ready(connection, now=clock.now)
            if bound:
                crm.prepare(connection, Definitions("shop", stages=STAGES))
        if bound:
            with engine.begin() as connection:
                connection.execute(sa.text("UPDATE portal.bond SET since = :at"), {"at": clock.now})
        yield InStep(house, clock, portal, http, Judge(store))
        crm.portal.close()
        engine.dispose()
