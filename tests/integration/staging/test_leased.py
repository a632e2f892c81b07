"""Imports into a CRM outside our transaction: leases, fences, lost answers."""

import dataclasses
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from caseline.crm.memory import MemoryCrm
from caseline.crm.port import Ambiguous
from caseline.db.engine import open_engine
from staging import batches, mapping_file, register, report, survey, tables, work
from staging.register import Options

MAPPING = """
version: 1
source: shop
title: Shop
stages: [{code: new, label: New}, {code: done, label: Done, closed: true}]
parts:
  company:
    files: [companies.csv]
    key: id
    fields: {name: name}
  request:
    files: [requests.csv]
    key: id
    fields:
      subject: subject
      stage: {column: status, values: {open: new, done: done}}
      company: {column: company, to: company}
      created_at: created
"""
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PLAIN = Options()


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def export(tmp_path: Path) -> Path:
    companies = "id,name\n" + "".join(f"c{n},Company {n}\n" for n in range(7))
    rows = "".join(f"r{n},Subject {n},{'open' if n % 3 else 'done'},c{n % 8},2024-01-02 03:04:05\n" for n in range(160))
    (tmp_path / "companies.csv").write_text(companies)
    (tmp_path / "requests.csv").write_text("id,subject,status,company,created\n" + rows)
    return tmp_path


@pytest.fixture
def engine(database_url: str) -> sa.Engine:
    return open_engine(database_url)


def job(engine: sa.Engine, export: Path, crm: MemoryCrm, clock: Clock, options: Options = PLAIN) -> work.Job:
    mapping = mapping_file.parse(MAPPING, "shop.yaml")
    found = survey.look([export], mapping).found
    with engine.begin() as connection:
        run_id, _ = register.prepare(connection, mapping, found, options, crm=crm, now=clock())
        ids = register.part_ids(connection, mapping)
    return work.Job(engine, crm, mapping, options, run_id, ids, found, workers=2, clock=clock)


def origins(crm: MemoryCrm) -> Counter[str]:
    return Counter(record["origin"] for record in crm.read("request", "shop"))


def totals(engine: sa.Engine) -> report.Totals:
    with engine.connect() as connection:
        return report.totals(connection)["request"]


def test_every_good_row_is_in_the_crm_once_and_every_bad_one_failed(engine: sa.Engine, export: Path) -> None:
    crm = MemoryCrm()

    finished = work.work(job(engine, export, crm, Clock()))

    assert finished
    assert totals(engine) == report.Totals(success=140, failed=20)
    assert set(origins(crm).values()) == {1}
    assert len(origins(crm)) == 140


def test_lost_answers_make_no_duplicates(engine: sa.Engine, export: Path) -> None:
    lost = {"r13", "r14", "r54", "r90", "r91"}

    def lose(when: str, record: Mapping[str, Any]) -> None:
        if when == "after" and record["origin"] in lost:
            lost.discard(record["origin"])
            raise Ambiguous("the connection broke after sending")

    crm = MemoryCrm(lose)

    finished = work.work(job(engine, export, crm, Clock()))

    assert finished
    assert not lost
    assert totals(engine) == report.Totals(success=140, failed=20)
    assert set(origins(crm).values()) == {1}


def test_a_run_that_died_in_the_middle_of_sending_goes_on_without_duplicates(engine: sa.Engine, export: Path) -> None:
    calls = 0

    def die(when: str, _record: Mapping[str, Any]) -> None:
        nonlocal calls
        calls += when == "after"
        if calls == 77:
            calls += 1
            raise KeyboardInterrupt

    crm, clock = MemoryCrm(die), Clock()
    with pytest.raises(KeyboardInterrupt):
        work.work(dataclasses.replace(job(engine, export, crm, clock), workers=1))
    clock.now += timedelta(seconds=121)

    finished = work.work(job(engine, export, crm, clock))

    assert finished
    assert totals(engine) == report.Totals(success=140, failed=20)
    assert set(origins(crm).values()) == {1}


def test_a_lease_is_respected_until_it_lapses(engine: sa.Engine, export: Path) -> None:
    run = job(engine, export, MemoryCrm(), Clock())
    with engine.begin() as connection:
        layout = connection.execute(sa.select(sa.func.min(tables.layout.c.id))).scalar_one()
        entry = {
            "run_id": run.run_id,
            "part_id": run.ids["company"],
            "layout_id": layout,
            "rank": 0,
            "first_id": 1,
            "last_id": 2,
        }
        batches.add(connection, [entry])
    until = NOW + timedelta(seconds=60)

    with engine.begin() as connection:
        mine = batches.claim_leased(connection, run.run_id, owner="a", now=NOW, until=until)
        too_early = batches.claim_leased(
            connection, run.run_id, owner="b", now=NOW + timedelta(seconds=59), until=until
        )
        theirs = batches.claim_leased(
            connection, run.run_id, owner="b", now=NOW + timedelta(seconds=61), until=until + timedelta(seconds=60)
        )

    assert mine is not None
    assert too_early is None
    assert theirs is not None
    assert theirs.fence == mine.fence + 1


def test_a_stale_worker_changes_nothing(engine: sa.Engine, export: Path) -> None:
    run = job(engine, export, MemoryCrm(), Clock())
    with engine.begin() as connection:
        layout = connection.execute(sa.select(sa.func.min(tables.layout.c.id))).scalar_one()
        entry = {
            "run_id": run.run_id,
            "part_id": run.ids["company"],
            "layout_id": layout,
            "rank": 0,
            "first_id": 1,
            "last_id": 2,
        }
        batches.add(connection, [entry])
        stale = batches.claim_leased(connection, run.run_id, owner="a", now=NOW, until=NOW)
        fresh = batches.claim_leased(connection, run.run_id, owner="b", now=NOW + timedelta(seconds=1), until=NOW)
        assert stale is not None
        assert fresh is not None

        held = batches.hold(connection, stale, until=NOW + timedelta(days=1))
        finished = batches.finish(connection, stale, now=NOW, counts=(1, 0, 0))
        finished_by_owner = batches.finish(connection, fresh, now=NOW, counts=(2, 0, 0))

    assert not held
    assert not finished
    assert finished_by_owner
