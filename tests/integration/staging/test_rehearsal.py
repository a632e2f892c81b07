"""Dry runs: the whole report, and nothing of it stays."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.actions import rehearse_import, run_import
from caseline.actions.run_import import Order
from caseline.actions.wiring import House
from caseline.crm.embedded.adapter import EmbeddedCrm
from caseline.db.engine import open_engine
from caseline.sample import write_export
from caseline.settings import Settings
from staging import report
from staging.faults import ImportFault

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def house(database_url: str) -> House:
    engine = open_engine(database_url)
    return House(Settings(), database_url, engine, EmbeddedCrm(engine))


@pytest.fixture
def order(tmp_path: Path) -> Order:
    write_export(tmp_path / "export", cases=1500)
    return Order((tmp_path / "export",), "salesforce-sample")


def contents(house: House) -> dict[str, int]:
    names = "SELECT schemaname || '.' || relname FROM pg_stat_user_tables ORDER BY 1"
    with house.engine.connect() as connection:
        tables = connection.execute(sa.text(names)).scalars().all()
        return {name: connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables}


def test_a_rehearsal_says_what_the_import_then_does(house: House, order: Order) -> None:
    rehearsed = rehearse_import.rehearse(house, order, clock=lambda: NOW)

    assert run_import.go_on(run_import.start(house, order, clock=lambda: NOW))
    with house.engine.connect() as connection:
        assert rehearsed.totals == report.totals(connection)
        assert [(g.part, g.code, g.field, g.count) for g in rehearsed.errors] == [
            (g.part, g.code, g.field, g.count) for g in report.error_groups(connection)
        ]
    assert {name: outlook.create for name, outlook in rehearsed.outlook.items()} == {
        name: total.success for name, total in rehearsed.totals.items()
    }


def test_a_rehearsal_leaves_nothing_behind(house: House, order: Order) -> None:
    before = contents(house)

    rehearse_import.rehearse(house, order, clock=lambda: NOW)

    assert contents(house) == before


def test_a_rehearsed_delta_counts_only_what_changed(house: House, order: Order) -> None:
    assert run_import.go_on(run_import.start(house, order, clock=lambda: NOW))
    cases = order.paths[0] / "Case.csv"
    cases.write_bytes(cases.read_bytes().replace(b'"Waiting on Customer"', b'"Closed"'))

    rehearsed = rehearse_import.rehearse(house, order, clock=lambda: NOW)

    outlook = rehearsed.outlook["request"]
    assert outlook.create == 0
    assert 0 < outlook.update < outlook.unchanged
    assert rehearsed.outlook["contact"].update == 0


def test_columns_are_profiled(house: House, order: Order) -> None:
    rehearsed = rehearse_import.rehearse(house, order, clock=lambda: NOW)

    status = next(column for column in rehearsed.profile["request"] if column.column == "Status")
    assert status.filled == pytest.approx(1.0)
    assert status.top[0][0] == "Closed"


def test_an_unfinished_import_is_finished_before_it_is_rehearsed(house: House, order: Order) -> None:
    run_import.start(house, replace(order), clock=lambda: NOW)

    with pytest.raises(ImportFault, match="not finished"):
        rehearse_import.rehearse(house, order, clock=lambda: NOW)
