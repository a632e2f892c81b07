"""Lists of assignments read what they show and little more, however many there are."""

from datetime import UTC, datetime
from typing import Final

import pytest
import sqlalchemy as sa

from caseline.crm.timeline import AssignmentState
from caseline.listing import assignments
from caseline.listing.assignments import Mark, Wanted, Whose
from caseline.people.access import Scope, Viewer
from caseline.people.rights import Role
from tests.factories.cards import ServiceDesk, service_desk

NOW: Final = datetime(2026, 11, 2, 9, tzinfo=UTC)
MANY: Final = 6_000


@pytest.fixture
def desk(database_url: str) -> ServiceDesk:
    """Six thousand assignments of 200 people, a tenth of them open."""
    desk = service_desk(database_url)
    desk.query("INSERT INTO people.person (name) SELECT 'P' || n FROM generate_series(1, 200) AS n")
    card = desk.open("2026-06-08 10:00")
    desk.query(
        "INSERT INTO crm.assignment (record_id, title, text, assignee_id, by_id, due_at, created_at, state, ended_at)"
        " SELECT :id, 't', 'x', p.id, 1 + n % 200,"
        " CASE WHEN n % 5 > 0 THEN CAST(:now AS timestamptz) + make_interval(mins => n) END, :now,"
        " CASE WHEN n % 10 = 0 THEN 'open' ELSE 'done' END, CASE WHEN n % 10 > 0 THEN CAST(:now AS timestamptz) END"
        " FROM generate_series(1, :many) AS n JOIN people.person AS p ON p.name = 'P' || (1 + n % 200)",
        id=card.id,
        now=NOW,
        many=MANY,
    )
    return desk


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(whose=Whose.MINE),
        Wanted(whose=Whose.GIVEN),
        Wanted(overdue_at=NOW),
        Wanted(due_before=NOW),
        Wanted(after=Mark(due_at=NOW, id=5)),
        Wanted(after=Mark(due_at=None, id=5)),
        Wanted(state=None),
        Wanted(state=None, whose=Whose.MINE, after=Mark(due_at=None, id=3_000)),
        Wanted(state=AssignmentState.DONE, whose=Whose.GIVEN),
    ],
    ids=str,
)
def test_no_page_reads_all_assignments(desk: ServiceDesk, wanted: Wanted, scope: Scope) -> None:
    person = desk.query("SELECT id FROM people.person WHERE name = 'P11'")[0][0]
    viewer = Viewer(login_id=1, name="p", role=Role.AGENT, person_id=person, groups=frozenset({1}), scope=scope)
    asked: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, values: object, *_rest: object) -> None:
        asked.append((statement, values))

    desk.query("SELECT 1")
    with desk.house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE crm.assignment")
        sa.event.listen(connection, "before_cursor_execute", note)
        assignments.listed(connection, viewer, wanted)
        sa.event.remove(connection, "before_cursor_execute", note)
        for statement, values in asked:
            plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars())  # type: ignore[arg-type]
            assert "Seq Scan on assignment" not in plan, plan
