"""Imports into a CRM outside our transaction: leases, fences, lost answers."""

import dataclasses
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from caseline.actions import roll_back
from caseline.actions.wiring import House
from caseline.crm.memory import MemoryCrm
from caseline.crm.port import Ambiguous, Outcome, Stopped
from caseline.db.engine import open_engine
from caseline.settings import Settings
from staging import batches, mapping_file, register, report, survey, tables, work
from staging.register import Options
from tests.factories.processes import wait_for

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


def job(
    engine: sa.Engine, export: Path, crm: MemoryCrm, clock: Clock, options: Options = PLAIN, *, text: str = MAPPING
) -> work.Job:
    mapping = mapping_file.parse(text, "shop.yaml")
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


def test_a_crm_that_stops_the_run_leaves_every_row_new_and_no_lease_behind(engine: sa.Engine, export: Path) -> None:
    """Somebody has to act first; whoever starts again afterwards need not wait."""

    def refuse(_when: str, _record: Mapping[str, Any]) -> None:
        raise Stopped("the webhook is not accepted: make a new one")

    clock = Clock()
    with pytest.raises(Stopped):
        work.work(job(engine, export, MemoryCrm(refuse), clock))

    with engine.connect() as connection:
        statuses = connection.execute(sa.select(tables.row.c.status).distinct()).scalars().all()
    assert statuses == ["NEW"]
    assert work.work(job(engine, export, MemoryCrm(), clock))
    assert totals(engine) == report.Totals(success=140, failed=20)


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


@pytest.mark.parametrize("deadly", [1, 5, 77, 147])
def test_a_run_that_died_is_rolled_back_to_nothing_and_can_be_imported_again(
    database_url: str, engine: sa.Engine, export: Path, deadly: int
) -> None:
    calls = 0

    def die(when: str, _record: Mapping[str, Any]) -> None:
        nonlocal calls
        calls += when == "after"
        if calls == deadly:
            calls += 1
            raise KeyboardInterrupt

    crm, clock = MemoryCrm(die), Clock()
    run = dataclasses.replace(job(engine, export, crm, clock), workers=1)
    with pytest.raises(KeyboardInterrupt):
        work.work(run)
    assert crm.count() != {}

    done = roll_back.roll_back(House(Settings(), database_url, engine, crm), run.run_id, now=clock())

    assert [record for entity in ("company", "request") for record in crm.read(entity, "shop")] == []
    assert (sum(done.deleted.values()), done.kept) == (deadly, {})
    with engine.connect() as connection:
        assert connection.execute(sa.select(tables.row.c.crm_id).distinct()).scalars().all() == [None]
    clock.now += timedelta(seconds=121)
    assert work.work(job(engine, export, crm, clock))
    assert totals(engine) == report.Totals(success=140, failed=20)
    assert set(origins(crm).values()) == {1}


def test_what_was_edited_between_a_death_and_the_rollback_stays(
    database_url: str, engine: sa.Engine, export: Path
) -> None:
    def die(when: str, record: Mapping[str, Any]) -> None:
        if (when, record["origin"], record["is_new"]) == ("after", "r9", True):
            raise KeyboardInterrupt

    crm, clock = MemoryCrm(die), Clock()
    run = dataclasses.replace(job(engine, export, crm, clock), workers=1)
    with pytest.raises(KeyboardInterrupt):
        work.work(run)
    (sent,) = crm.look_up("request", "shop", ["r5"])
    edited = {"ref": 1, "crm_id": sent.crm_id, "is_new": False, "version": 1, "origin": "r5", "subject": "Edited"}
    crm.write("request", "shop", [edited])

    done = roll_back.roll_back(House(Settings(), database_url, engine, crm), run.run_id, now=clock())

    assert [record["origin"] for record in crm.read("request", "shop")] == ["r5"]
    assert [(one.part, one.origin, one.reason) for one in done.samples] == [("request", "r5", roll_back.EDITED)]


def test_a_later_run_takes_up_what_an_earlier_one_has_left(database_url: str, engine: sa.Engine, export: Path) -> None:
    def die(when: str, record: Mapping[str, Any]) -> None:
        if when == "after" and record["origin"] == "r9" and not died:
            died.append(True)
            raise KeyboardInterrupt

    died: list[bool] = []
    crm, clock = MemoryCrm(die), Clock()
    first = dataclasses.replace(job(engine, export, crm, clock), workers=1)
    with pytest.raises(KeyboardInterrupt):
        work.work(first)
    house = House(Settings(), database_url, engine, crm)
    roll_back.roll_back(house, first.run_id, now=clock())
    clock.now += timedelta(seconds=121)
    assert work.work(job(engine, export, crm, clock))

    done = roll_back.roll_back(house, first.run_id, now=clock())

    assert sum(done.deleted.values()) == 0
    assert len(origins(crm)) == 140


def test_a_crm_that_takes_longer_than_the_lease_is_not_written_to_by_two(engine: sa.Engine, export: Path) -> None:
    """A portal may close a method for minutes; the worker that waits for it is alive."""
    # Long enough for transactions: one that stands still for longer than a lease is ended by the server.
    clock, lease = Clock(), timedelta(seconds=4)
    held = sa.select(tables.batch.c.id, tables.batch.c.until).where(tables.batch.c.owner.is_not(None))

    def renewed() -> bool:
        with engine.connect() as connection:
            return bool(connection.execute(held).one().until == clock.now + lease)

    def dawdle(when: str, _record: Mapping[str, Any]) -> None:
        if when != "before" or clock.now > NOW:
            return
        for _ in range(3):
            wait_for(renewed, "the lease is renewed")
            clock.now += lease * 0.9
        with engine.connect() as connection:
            kept = connection.execute(held).one().id
            other = batches.claim_leased(connection, slow.run_id, owner="b", now=clock.now, until=clock.now + lease)
            taken.append(other is not None and other.id == kept)
            connection.rollback()

    def go_on() -> None:
        if taken:  # a batch that was lost would otherwise wait for ever for its lease to lapse
            clock.now += lease

    taken: list[bool] = []
    crm = MemoryCrm(dawdle)
    slow = dataclasses.replace(job(engine, export, crm, clock), lease_seconds=4, workers=1)

    finished = work.work(slow, watch=go_on)

    assert finished
    assert taken == [False]
    assert set(origins(crm).values()) == {1}
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.max(tables.batch.c.fence))).scalar_one() == 1


def test_a_batch_is_one_call_so_that_every_worker_finds_some(engine: sa.Engine, export: Path) -> None:
    """Those of rows that are tried again, too."""
    crm = MemoryCrm()
    first = job(engine, export, crm, Clock())
    assert work.work(first)
    crm.at_once = 7
    again = job(engine, export, crm, Clock())
    assert work.work(again)

    assert ranges(engine, first, "request") == [50, 50, 50, 10]
    assert len(ranges(engine, again, "request")) == 3, "20 rows whose company is unknown"


def test_a_batch_ends_where_a_row_is(engine: sa.Engine, export: Path) -> None:
    """A record whose key is known draws an id that no row has; with a row at each end none is left for a later pass."""
    rows = [*range(40), *range(3, 10)]
    rows[7:7] = [3, 4]
    lines = "".join(f"r{n},Subject {n},open,c0,2024-01-02 03:04:05\n" for n in rows)
    (export / "requests.csv").write_text("id,subject,status,company,created\n" + lines)
    crm = MemoryCrm()
    crm.at_once = 7
    run = job(engine, export, crm, Clock())
    assert work.work(dataclasses.replace(run, workers=1))

    written = [record["origin"] for record in sorted(crm.read("request", "shop"), key=lambda record: record["id"])]
    assert written == [f"r{n}" for n in range(40)]
    batch = tables.batch
    passes = sa.select(sa.func.max(batch.c["pass"])).where(batch.c.part_id == run.ids["request"])
    with engine.connect() as connection:
        assert connection.execute(passes).scalar_one() == 1


def ranges(engine: sa.Engine, run: work.Job, part: str) -> list[int]:
    """How many ids the batches of a part span, in their order."""
    batch = tables.batch
    query = sa.select(batch.c.last_id - batch.c.first_id + 1).where(
        batch.c.run_id == run.run_id, batch.c.part_id == run.ids[part]
    )
    with engine.connect() as connection:
        return list(connection.execute(query.order_by(batch.c.id)).scalars())


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


PARENTS = MAPPING.replace(
    "      created_at: created", "      created_at: created\n      parent: {column: parent, to: request}"
)


def _family(folder: Path, *pairs: tuple[str, str, str]) -> None:
    """Requests as (key, parent, subject)."""
    rows = "".join(f"{key},{subject},open,,2024-01-02 03:04:05,{parent}\n" for key, parent, subject in pairs)
    (folder / "companies.csv").write_text("id,name\n")
    (folder / "requests.csv").write_text("id,subject,status,company,created,parent\n" + rows)


def _parents(crm: MemoryCrm) -> dict[str, str | None]:
    """Key of the parent of each request."""
    keys = {record["id"]: record["origin"] for record in crm.read("request", "shop")}
    return {record["origin"]: keys.get(record["parent_id"]) for record in crm.read("request", "shop")}


def _family_job(engine: sa.Engine, folder: Path, crm: MemoryCrm) -> work.Job:
    return dataclasses.replace(job(engine, folder, crm, Clock(), text=PARENTS), workers=1)


def test_chains_and_circles_of_parents_are_kept(engine: sa.Engine, tmp_path: Path) -> None:
    crm = MemoryCrm()
    chain = [(f"r{n}", f"r{n + 1}" if n < 9 else "", "a chain") for n in range(10)]
    circle = [("c1", "c2", "a circle"), ("c2", "c3", "a circle"), ("c3", "c1", "a circle"), ("own", "own", "itself")]
    _family(tmp_path, *chain, *circle, ("leaf", "c1", "beside a circle"))

    assert work.work(_family_job(engine, tmp_path, crm))

    wanted = {key: parent or None for key, parent, _subject in (*chain, *circle)} | {"leaf": "c1"}
    assert _parents(crm) == wanted
    assert totals(engine).failed == 0


def test_circles_are_closed_after_a_death_in_between(engine: sa.Engine, tmp_path: Path) -> None:
    """The records of a circle are there and know nothing of each other yet."""
    writes = 0

    def die(when: str, _record: Mapping[str, Any]) -> None:
        nonlocal writes
        writes += when == "after"
        if writes == 2 and when == "after":
            raise KeyboardInterrupt

    _family(tmp_path, ("c1", "c2", "a circle"), ("c2", "c1", "a circle"))
    crm = MemoryCrm(die)
    first = _family_job(engine, tmp_path, crm)
    with pytest.raises(KeyboardInterrupt):
        work.work(first)
    assert _parents(crm) == {"c1": None, "c2": None}

    later = Clock()
    later.now += timedelta(hours=1)
    assert work.work(dataclasses.replace(first, clock=later, owner="another"))

    assert _parents(crm) == {"c1": "c2", "c2": "c1"}
    assert origins(crm) == Counter({"c1": 1, "c2": 1})
    assert totals(engine).failed == 0


def test_a_circle_falls_with_the_record_that_the_crm_refuses(engine: sa.Engine, tmp_path: Path) -> None:
    class Choosy(MemoryCrm):
        def _write(self, entity: str, source: str, record: Mapping[str, Any], *, overwrite: bool) -> Outcome:
            if record.get("subject") == "bad":
                return Outcome(record["ref"], None, code="REFUSED", text="not this one")
            return super()._write(entity, source, record, overwrite=overwrite)

    _family(tmp_path, ("c1", "c2", "a circle"), ("c2", "c1", "bad"), ("leaf", "c2", "beside"), ("free", "", "alone"))
    crm = Choosy()

    assert work.work(_family_job(engine, tmp_path, crm))

    assert _parents(crm) == {"free": None}
    assert totals(engine).failed == 3


def test_same_key_in_two_parts_of_one_entity_never_writes_over_the_first(engine: sa.Engine, tmp_path: Path) -> None:
    text = MAPPING.replace(
        "  company:\n    files",
        "  client: {entity: company, files: [clients.csv], key: id, fields: {name: name}}\n  company:\n    files",
    )
    (tmp_path / "clients.csv").write_text("id,name\nc1,Client\n")
    (tmp_path / "companies.csv").write_text("id,name\nc1,Company\nc2,Other\n")
    (tmp_path / "requests.csv").write_text("id,subject,status,company,created\n")
    crm = MemoryCrm()

    assert work.work(job(engine, tmp_path, crm, Clock(), text=text))

    assert {one["origin"]: one["name"] for one in crm.read("company", "shop")} == {"c1": "Client", "c2": "Other"}
    with engine.connect() as connection:
        errors = connection.execute(
            sa.select(tables.row.c.errors).where(tables.row.c.status == tables.FAILED)
        ).scalars()
        assert [(one["code"], one["value"]) for (one,) in errors] == [("DUPLICATE", "c1")]
        assert report.totals(connection)["company"] == report.Totals(success=1, failed=1)
