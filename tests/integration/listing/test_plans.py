"""Lists walk indexes: the plan of each view of the house, of the usual filters, and of filters by extra fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from caseline.actions import index_field, list_requests
from caseline.actions.index_field import State
from caseline.actions.list_requests import Asked
from caseline.actions.wiring import House
from caseline.crm.cards import Refused
from caseline.crm.request_fields import MOST_FILTERABLE
from caseline.listing import conditions, presets
from caseline.listing.meaning import Moment
from caseline.listing.stores import pages
from caseline.people.access import Scope, Viewer
from caseline.people.rights import Role
from tests.factories import requests_in_lists
from tests.factories.requests_in_lists import NOW
from tests.factories.served import house

__all__ = ["house"]

ME = Viewer(login_id=1, name="a", role=Role.ADMINISTRATOR, person_id=2, groups=frozenset({1, 3}))
ROWS = 40_000
# 60 companies, 40 persons, 20 groups; one in twenty is open, half of them have a running clock.
_MANY = """
INSERT INTO people.person (name) SELECT 'person ' || n FROM generate_series(1, 40) AS n;
INSERT INTO people."group" (name) SELECT 'group ' || n FROM generate_series(1, 20) AS n;
INSERT INTO crm.company (name) SELECT 'company ' || n FROM generate_series(1, 600) AS n;
INSERT INTO crm.contact (name) SELECT 'contact ' || n FROM generate_series(1, 600) AS n;
CREATE FUNCTION pg_temp.some(n int, salt int, most int) RETURNS int LANGUAGE sql IMMUTABLE
  AS $$ SELECT (hashint4extended(n, salt) & 1073741823)::int % most $$;
INSERT INTO crm.record (kind, number, subject, stage, category, assignee_id, group_id, company_id, contact_id,
  created_at, closed_at, extra)
SELECT 'request', 'R-' || n, 'subject ' || pg_temp.some(n, 1, 977),
  CASE WHEN pg_temp.some(n, 2, 20) > 0 THEN 'closed' WHEN n % 5 = 0 THEN 'waiting' ELSE 'new' END,
  CASE WHEN pg_temp.some(n, 3, 7) > 0 THEN 'r' END,
  CASE WHEN pg_temp.some(n, 4, 3) > 0 THEN 1 + pg_temp.some(n, 5, 40) END, 1 + pg_temp.some(n, 6, 20),
  1 + pg_temp.some(n, 7, 600), 1 + pg_temp.some(n, 8, 600),
  timestamptz '2026-11-30' - n * interval '5 minutes',
  CASE WHEN pg_temp.some(n, 2, 20) > 0 THEN timestamptz '2026-11-30' - n * interval '4 minutes' END,
  jsonb_build_object('City', 'city ' || pg_temp.some(n, 9, 499), 'Amount', pg_temp.some(n, 10, 5003),
    'Urgent', pg_temp.some(n, 11, 50) = 0, 'Visit', (date '2026-11-30' - pg_temp.some(n, 12, 700))::text,
    'Tags', jsonb_build_array('tag ' || pg_temp.some(n, 13, 400)))
FROM generate_series(1, :rows) AS n;
INSERT INTO crm.deadline (record_id, due_at, warn_at, target_s, clock_started_at, calendar_id, calendar_version, mode,
  stopped_at)
SELECT id, created_at + interval '100 days', created_at, 1, created_at, 'ru', 1, 'elapsed',
  CASE WHEN closed_at IS NOT NULL OR stage = 'waiting' THEN created_at END
FROM crm.record;
INSERT INTO crm.violation (record_id, field)
SELECT id, 'subject' FROM crm.record WHERE pg_temp.some(id::int, 14, 9) = 0;
"""


@dataclass(frozen=True)
class Walk:
    """How the first page of a list is found."""

    indexes: set[str]
    scanned: set[str]
    """Tables that were read from one end to the other."""
    read: int
    """Rows that were looked at."""


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


@pytest.fixture
def full(house: House) -> House:
    requests_in_lists.fill(house, 0)
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in _MANY.split(";\n"):
            if statement.strip():
                connection.execute(sa.text(statement), {"rows": ROWS} if ":rows" in statement else {})
        connection.exec_driver_sql("VACUUM ANALYZE")
    return house


def walk(house: House, *texts: str, sort: str, viewer: Viewer = ME) -> Walk:
    """Explain what the first page of a list asks first."""
    asked = Asked(viewer=viewer, moment=Moment(NOW, "UTC"), conditions=conditions.read_all(texts), sorts=(sort,))
    explained: list[dict[str, Any]] = []

    def explain(
        _connection: sa.Connection,
        cursor: Any,  # noqa: ANN401 - the driver's
        statement: str,
        parameters: Any,  # noqa: ANN401
        *_rest: object,
    ) -> None:
        if "key_0" in statement and not statement.startswith("EXPLAIN") and not explained:
            twin = cursor.connection.cursor()
            twin.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement, parameters)
            explained.append(twin.fetchone()[0][0]["Plan"])

    sa.event.listen(house.engine, "before_cursor_execute", explain)
    try:
        list_requests.page(house, asked, "", ["number"])
    finally:
        sa.event.remove(house.engine, "before_cursor_execute", explain)
    found = list(nodes(explained[0]))
    read = sum(
        int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
        for node in found
        if "Scan" in node["Node Type"]
    )
    scanned = {node["Relation Name"] for node in found if node["Node Type"] == "Seq Scan"}
    return Walk({node["Index Name"] for node in found if "Index Name" in node}, scanned, read)


EXPECTED = {
    "open": "ix_deadline_running_due_at",
    "mine": "ix_record_open_assignee_id",
    "my_groups": "ix_record_open_group_id",
    "overdue": "ix_deadline_running",  # that, or the one with the deadlines: by what statistics have drawn
    "unassigned": "ix_record_open_group_id",
    "uncategorised": "ix_record_open_created_at",
    "incomplete": "",
    "closed": "ix_record_closed_at",
    "all": "ix_record_created_at",
}
FILTERS = (
    (("company:in:5",), "-created_at", "ix_record_company_id"),
    (("contact:in:5",), "-created_at", "ix_record_contact_id"),
    (("assignee:in:5",), "-created_at", "ix_record_assignee_id"),
    (("category:in:r",), "-created_at", "ix_record_category"),
    (("company:in:5", "open::"), "due_at", "ix_record_company_id"),
    (("stage:in:new", "open::"), "due_at", "ix_deadline_running_due_at"),
    (("due_at:next:7d", "open::"), "due_at", "ix_deadline_running_due_at"),
    (("created_at:last:30d",), "created_at", "ix_record_created_at"),
    (("closed_at:last:30d",), "-closed_at", "ix_record_closed_at"),
    (("number:in:R-77",), "-created_at", "ix_record_number"),
)
EXTRA = (
    ("extra.City", ("extra.City:in:city 7",), "-created_at"),
    ("extra.Amount", ("extra.Amount:from:10", "extra.Amount:to:12"), "extra.Amount"),
    ("extra.Amount", (), "extra.Amount"),
    ("extra.Urgent", ("extra.Urgent:in:true",), "-created_at"),
    ("extra.Visit", ("extra.Visit:from:2026-11-29",), "-extra.Visit"),
    ("extra.Tags", ("extra.Tags:in:tag 7",), "-created_at"),
)


def test_every_view_and_the_usual_filters_walk_an_index(full: House) -> None:
    wanted = [(tuple(one.text for one in v.conditions), v.sorts[0], EXPECTED[v.key]) for v in presets.HOUSE]
    for texts, sort, index in (*wanted, *FILTERS):
        found = walk(full, *texts, sort=sort)

        assert any(name.startswith(index) for name in found.indexes), (texts, found)
        assert "record" not in found.scanned, (texts, found)
        assert found.read < ROWS / 10, (texts, found)
    assert walk(full, "open::", sort="-due_at").read < 300
    scoped = Viewer(login_id=1, name="a", role=Role.AGENT, person_id=2, groups=frozenset({1}), scope=Scope.GROUPS)
    assert "record" not in walk(full, "open::", sort="due_at", viewer=scoped).scanned


def test_an_index_of_an_extra_field_serves_its_filters_and_orders(full: House) -> None:
    now = NOW
    for key, texts, sort in EXTRA:
        made = index_field.make_filterable(full, key, by="anna", now=now)
        assert (made.state, made.size > 0) == (State.READY, True)

        found = walk(full, *texts, sort=sort)

        assert any(name.startswith("ix_record_extra_") for name in found.indexes), (texts, found)
        assert "record" not in found.scanned, (texts, found)
        index_field.make_plain(full, key, by="anna", now=now)
        assert index_field.standings(full)[key].state is State.NONE


def test_a_list_that_takes_too_long_is_too_broad(full: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PATIENCE_MS", 1)
    asked = Asked(viewer=ME, moment=Moment(NOW, "UTC"), conditions=(), sorts=("-subject", "-number"))

    found = list_requests.page(full, asked, "", [])

    assert (found.too_broad, found.rows) == (True, ())
    assert list_requests.count(full, asked) is None


def test_eight_extra_fields_may_have_an_index_and_an_unknown_one_none(house: House) -> None:
    with house.engine.begin() as connection:
        for number in range(MOST_FILTERABLE + 1):
            connection.execute(
                sa.text(
                    "INSERT INTO crm.field_definition (entity, name, type, label) VALUES ('request', :n, 'text', :n)"
                ),
                {"n": f"it's \"{number}%"},
            )
    for number in range(MOST_FILTERABLE):
        index_field.make_filterable(house, f"extra.it's \"{number}%", by="anna", now=NOW)

    with pytest.raises(Refused, match="8 fields are filterable already"):
        index_field.make_filterable(house, f"extra.it's \"{MOST_FILTERABLE}%", by="anna", now=NOW)
    with pytest.raises(Refused, match="there is no extra field"):
        index_field.make_filterable(house, "subject", by="anna", now=NOW)
    assert {one.state for one in index_field.standings(house).values()} == {State.READY, State.NONE}


def test_what_is_left_of_an_index_that_broke_off_is_built_anew(house: House) -> None:
    requests_in_lists.fill(house, 30)
    index_field.make_filterable(house, "extra.City", by="anna", now=NOW)
    with house.engine.begin() as connection:
        connection.execute(
            sa.text("""
            UPDATE pg_index SET indisvalid = false
            WHERE indexrelid IN (SELECT oid FROM pg_class WHERE starts_with(relname, 'ix_record_extra_'))
            """)
        )
    assert index_field.standings(house)["extra.City"].state is State.BROKEN

    assert index_field.make_filterable(house, "extra.City", by="anna", now=NOW).state is State.READY
