"""Prefect's scheduler plans runs with the versions of its libraries that are pinned here."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.server import models
from prefect.server.database import provide_database_interface
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL, temporary_settings
from sqlalchemy.schema import CreateIndex, CreateTable

import tasks.server  # noqa: F401 - what the server is started by mends Prefect when it is imported

pytestmark = [
    pytest.mark.prefect,
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),  # of how Prefect words its columns
]

AT = datetime(2026, 10, 30, 12, 0, tzinfo=UTC)


def test_runs_that_a_schedule_asks_for_are_written(tmp_path: Path) -> None:
    run = uuid4()
    with temporary_settings({PREFECT_API_DATABASE_CONNECTION_URL: f"sqlite+aiosqlite:///{tmp_path / 'prefect.db'}"}):
        assert asyncio.run(_plan(run)) == ([run], "SCHEDULED")


async def _plan(run: UUID) -> tuple[list[UUID], str]:
    """The numbers of the runs that were written, and the state that the run has got."""
    db = provide_database_interface()
    engine = await db.engine()
    async with engine.begin() as connection:
        for table in db.Base.metadata.sorted_tables:  # without their indexes, two of which have one name
            await connection.execute(CreateTable(table))
        for index in db.Base.metadata.tables["flow_run"].indexes:
            await connection.execute(CreateIndex(index))
    async with db.session_context(begin_transaction=True) as session:
        flow = db.Flow(name="watch")
        session.add(flow)
        await session.flush()
        write: Any = models.deployments._insert_scheduled_flow_runs
        written = await write(session=session, runs=[_planned(run, flow.id)])
    async with db.session_context() as session:
        kept = await session.get(db.FlowRun, run)
        state = kept.state_type.value if kept else "none"
    await engine.dispose()
    return list(written), state


def _planned(run: UUID, flow: UUID) -> dict[str, Any]:
    """As the scheduler words it: the state is a part of the run."""
    state = {"type": "SCHEDULED", "name": "Scheduled", "timestamp": AT, "state_details": {"scheduled_time": AT}}
    return {
        "id": run,
        "flow_id": flow,
        "name": "planned",
        "state": state,
        "state_type": "SCHEDULED",
        "state_name": "Scheduled",
        "next_scheduled_start_time": AT,
        "expected_start_time": AT,
    }
