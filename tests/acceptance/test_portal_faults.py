"""Imports into a portal that loses answers: whatever goes wrong, each record is there once and each status is true."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.db.engine import open_engine
from caseline.portal_sandbox.faults import AFTER, BEFORE, INSIDE
from staging import mapping_file, register, survey, work
from staging.register import Options
from tests.factories import portals, shop
from tests.factories.portals import Sandbox
from tests.factories.shop import Shop

CEILING = 2
SEEDS = (1, 2, 3)


def bring(engine: sa.Engine, export: Shop, portal: Sandbox, *, at_once: int = 30) -> None:
    """Import, in one go, with requests so small that many are in danger."""
    crm = portals.crm(engine, portal.url, ceiling=CEILING, size=8)
    crm.at_once = at_once
    mapping = mapping_file.parse(shop.MAPPING, "shop.yaml")
    found = survey.look([export.folder], mapping).found
    now = datetime.now(UTC)
    with engine.begin() as connection:
        run_id, _ = register.prepare(connection, mapping, found, Options(), crm=crm, now=now)
        ids = register.part_ids(connection, mapping)
    job = work.Job(engine, crm, mapping, Options(), run_id, ids, found, workers=2)
    assert work.work(dataclasses.replace(job, block_size=8_000))


@pytest.mark.long
@pytest.mark.parametrize("fault", [*BEFORE, *AFTER, *INSIDE])
def test_no_fault_loses_or_doubles_a_record(database_url: str, tmp_path: Path, fault: str) -> None:
    export = shop.write(tmp_path / "export", 401, bad=20, messages=101)
    engine = open_engine(database_url)
    faults = ("--faults", f"{fault}=0.1", "--seed", "6", "--ceiling", str(CEILING))
    with portals.sandbox(tmp_path, "--no-limit", *faults) as portal:
        bring(engine, export, portal)

        assert shop.complaints(export, portal.judge, database_url) == []
        assert portal.judge.faults().keys() == {fault}


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
def test_all_faults_together_lose_and_double_nothing(database_url: str, tmp_path: Path, seed: int) -> None:
    export = shop.write(tmp_path / "export", 3_001, bad=100, messages=151)
    engine = open_engine(database_url)
    with portals.sandbox(
        tmp_path, "--no-limit", "--faults", "all=0.02", "--seed", str(seed), "--ceiling", str(CEILING)
    ) as portal:
        bring(engine, export, portal, at_once=80)

        assert shop.complaints(export, portal.judge, database_url) == []
        assert len(portal.judge.faults()) > 5


@pytest.mark.parametrize("number", [0, 1, 50, 51, 101])
def test_any_number_of_records_arrives(database_url: str, tmp_path: Path, number: int) -> None:
    export = shop.write(tmp_path / "export", number, messages=number)
    engine = open_engine(database_url)
    with portals.sandbox(tmp_path, "--no-limit") as portal:
        bring(engine, export, portal)

        assert shop.complaints(export, portal.judge, database_url) == []


def test_records_that_the_portal_refuses_fail_alone(database_url: str, tmp_path: Path) -> None:
    export = shop.write(tmp_path / "export", 300, bad=10)
    engine = open_engine(database_url)
    with portals.sandbox(tmp_path, "--no-limit") as portal:
        bring(engine, export, portal)

        assert shop.complaints(export, portal.judge, database_url) == []
    with engine.connect() as connection:
        errors = connection.execute(sa.text("SELECT errors->0->>'text' FROM staging.row WHERE key = 'k9'")).scalar_one()
    assert "the portal does not take it" in errors
    assert len(export.bad) == 10


def test_when_all_are_refused_all_fail(database_url: str, tmp_path: Path) -> None:
    export = shop.write(tmp_path / "export", 90, bad=1)
    engine = open_engine(database_url)
    with portals.sandbox(tmp_path, "--no-limit") as portal:
        bring(engine, export, portal)

        assert shop.complaints(export, portal.judge, database_url) == []
        assert portal.judge.number("contact") == 0
