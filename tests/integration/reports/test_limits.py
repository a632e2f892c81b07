"""Reports read only, for a limited time, and find a short period by an index."""

from typing import Any

import pytest
import sqlalchemy as sa

from caseline.actions import read_reports
from caseline.actions.read_reports import Asking, TooMuch
from caseline.actions.wiring import House
from caseline.reports import periods, questions
from caseline.reports.questions import About, Axis, Report, Spot
from caseline.reports.stores import counting, facts, ground
from tests.factories import histories
from tests.factories.histories import NOW


def asked(report: Report) -> Asking:
    period = periods.read("30d", "", "", zone="UTC", now=NOW)
    question = questions.ask(report, period, Axis.STAGE, None, About(), now=NOW)
    return Asking(read_reports.everything(), question, NOW)


def test_a_report_that_takes_too_long_is_broken_off(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(connection: sa.Connection, _stood: object) -> Any:  # noqa: ANN401 - never answers
        connection.exec_driver_sql("SET LOCAL statement_timeout = '20ms'")
        connection.exec_driver_sql("SELECT pg_sleep(5)")

    monkeypatch.setattr(counting, "answer", sleep)
    with pytest.raises(TooMuch):
        read_reports.answer(house, asked(Report.BACKLOG))


def test_rows_for_a_slow_reader_hold_no_connection(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    histories.kept(house, histories.drawn(6, 60))
    monkeypatch.setattr(read_reports, "_PORTION", 7)
    asking, spot = asked(Report.BACKLOG), Spot("all")
    held: list[object] = []
    sa.event.listen(house.engine, "checkout", lambda _dbapi, record, _proxy: held.append(record))
    sa.event.listen(house.engine, "checkin", lambda _dbapi, record: held.remove(record))

    told = []
    for row in read_reports.every_row(house, asking, spot):
        told.append(row.place)
        assert not held

    assert len(told) == len(set(told)) == read_reports.count(house, asking, spot) > 14  # more than two portions
    assert told == sorted(told, reverse=True)


def test_a_report_writes_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(connection: sa.Connection, _stood: object) -> Any:  # noqa: ANN401 - never answers
        connection.exec_driver_sql("DELETE FROM crm.record")

    monkeypatch.setattr(counting, "answer", write)
    with pytest.raises(sa.exc.DBAPIError, match="read-only"):
        read_reports.answer(house, asked(Report.BACKLOG))


def test_visits_of_a_short_period_are_found_by_their_index(house: House) -> None:
    asking = asked(Report.STAGES)
    with house.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # of a table of a few rows all are read
        stood = ground.stand(connection, asking.question, asking.viewer, now=NOW)
        (each,) = facts.of(stood)
        query = sa.select(sa.func.count()).select_from(each.source).where(*each.where)
        text = query.compile(connection, compile_kwargs={"literal_binds": True}).string
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {text.replace('%', '%%')}").scalars())

    assert "ix_stage_row_left_at" in plan
    assert "ix_record_other_kind" in plan  # of the register it needs to know which records are no requests, no more
    assert "record_pkey" not in plan
