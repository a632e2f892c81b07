"""A small house that everything was put into that a chaos run puts in, with nobody killed; made in half a minute."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

from caseline.actions import fetch_mail, run_feedback, run_import, send_letters, settle_times, take_in_mail
from caseline.actions.run_import import Order
from caseline.actions.wiring import House, open_house, post
from caseline.sample import write_export
from caseline.settings import load
from caseline.web.public.application import build
from soak import furnishing, running
from soak.answering import Answering
from soak.caller import Caller
from soak.checker import judging
from soak.checker.finding import Finding
from soak.checker.inputs import Inputs
from soak.checker.look import Tables
from soak.deskwork import Agent
from soak.ledger import Ledger
from soak.site import Ports, Site
from soak.writing import Clients
from tests.acceptance.post_worker import now
from tests.factories import pages

SEED: Final = 7
CASES: Final = 80
DEEDS: Final = 36
MAILS: Final = 6
ANSWERS: Final = 4


@dataclass(frozen=True)
class Soaked:
    """Its folder and its database."""

    folder: Path
    url: str

    @contextmanager
    def spoilt(self, *statements: str) -> Iterator[list[Finding]]:
        """What the checker finds after these statements, which are taken back; keys and triggers are asleep."""
        with psycopg.connect(self.url) as connection:
            connection.execute("SET session_replication_role = replica")
            for statement in statements:
                done = connection.execute(statement.encode())
                assert done.rowcount > 0, f"nothing was spoilt by {statement}"
            yield judging.judged(Inputs(self.folder), Tables(connection))
            connection.rollback()

    def value(self, query: str) -> Any:  # noqa: ANN401 - whatever a test asks for
        with psycopg.connect(self.url) as connection:
            row = connection.execute(query.encode()).fetchone()
        assert row is not None, query
        return row[0]


@contextmanager
def soaked(folder: Path, url: str) -> Iterator[Soaked]:
    """Such a house, by its own commands, pages and mail servers."""
    from tests.integration.cli.test_mail import sandbox  # noqa: PLC0415 - the one that tests of commands start

    site = Site(folder, Ports(1, 1, 1), {"CASELINE_DATABASE_URL": url})
    site.home.mkdir()
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        ledger = stack.enter_context(closing(Ledger(folder / "ledger.jsonl")))
        office = stack.enter_context(sandbox("--samples", "2", "--keep", str(site.post)))
        _remember(site, smtp_port=int(office["smtp"].rpartition(":")[2]))
        token = furnishing.furnish(site, ledger)
        ways = {"MAILBOX": office["support"], "SMTP_URL": office["smtp"], "PUBLIC_URL": "http://127.0.0.1:9"}
        for name, value in site.environment({f"CASELINE_{one}": way for one, way in ways.items()}).items():
            if name.startswith("CASELINE_"):
                patch.setenv(name, value)
        house = stack.enter_context(open_house(load(), keep=4))
        _import(site, ledger, house)
        desk = stack.enter_context(pages.served(house))
        public = stack.enter_context(pages.listening_at(build(house)))
        _remember(
            site,
            smtp_port=int(office["smtp"].rpartition(":")[2]),
            desk_port=int(desk.rpartition(":")[2]),
            public_port=int(public.rpartition(":")[2]),
        )
        _live(site, ledger, house, token)
    yield Soaked(folder, url)


def _remember(site: Site, **ports: int) -> None:
    """What `caseline up` would remember."""
    file = site.home / "prefect" / "services.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"processes": [], **ports}), encoding="utf-8")


def _import(site: Site, ledger: Ledger, house: House) -> None:
    written = write_export(site.export, cases=CASES, seed=SEED, messages=False, truth=site.folder / "truth.jsonl")
    ledger.note("files", rows=written.rows)
    order = Order((site.export,), running.MAPPING, workers=1, confirmed=True)
    run_import.go_on(run_import.start(house, order=order, clock=now))
    settle_times.settle(house, now=now())


def _live(site: Site, ledger: Ledger, house: House, token: str) -> None:
    """Some deeds, mails and answers, each followed by what the deployments do."""
    stop = threading.Event()
    agent = Agent(Caller(site, token, stop), ledger, SEED)
    clients = Clients(site, ledger, SEED, stop)
    for number in range(DEEDS):
        agent.step()
        if number % 12 == 0:
            for _ in range(MAILS // 3):
                clients.step()
            _round(house)
    _round(house)
    answering = Answering(site, ledger, SEED, stop, waits_s=(0, 0))
    for _ in range(ANSWERS):
        answering.step()
    _round(house)
    for _ in range(DEEDS):
        agent.step()
    _round(house)


def _round(house: House) -> None:
    fetch_mail.fetch_all(house, post(house.settings), clock=now, now_too=True)
    take_in_mail.take_in_waiting(house, clock=now)
    run_feedback.run(house, now=now())
    send_letters.send(house, clock=now, anyway=True)
    run_feedback.run(house, now=now())
