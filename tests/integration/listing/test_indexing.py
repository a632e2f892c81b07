"""Requests become searchable afterwards: in parts, restartable anywhere, one at a time, the newest first."""

import threading

import pytest
import sqlalchemy as sa

from caseline.actions import index_texts
from caseline.actions.index_texts import Indexed
from caseline.listing import index_store
from tests.factories.cards import ServiceDesk
from tests.integration.listing.conftest import NOW
from tests.integration.listing.test_search import many


class Killed(Exception):
    """The process was killed, as far as the database can tell."""


def test_nothing_waits_after_indexing_and_a_second_run_finds_nothing(desk: ServiceDesk) -> None:
    many(desk, 1_200)
    seen: list[tuple[int, int]] = []

    assert index_texts.index(desk.house, now=NOW, watch=lambda *at: seen.append(at)) == Indexed(1_200, 1_200)
    assert seen == [(500, 1_200), (1_000, 1_200), (1_200, 1_200)]
    assert index_texts.index(desk.house, now=NOW) == Indexed(0, 0)
    state = index_texts.state(desk.house)
    assert (state.ready, state.waiting, state.looked_at) == (True, 0, NOW)


def test_what_is_broken_off_goes_on_where_it_stopped_the_newest_first(desk: ServiceDesk) -> None:
    many(desk, 1_200)

    def kill(done: int, _all: int) -> None:
        if done >= 1_000:
            raise Killed

    with pytest.raises(Killed):
        index_texts.index(desk.house, now=NOW, watch=kill)
    assert desk.query("SELECT count(*), min(record_id) > 200 FROM crm.search") == [(1_000, True)]
    assert index_texts.state(desk.house).waiting == 200

    assert index_texts.index(desk.house, now=NOW) == Indexed(200, 200)


def test_a_first_load_builds_the_index_last_also_when_it_is_broken_off(
    desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_texts, "MANY", 1_000)
    many(desk, 1_200)
    seen: list[bool] = []

    def look(done: int, _all: int) -> None:
        with desk.house.engine.connect() as connection:
            seen.append(index_store.index_stands(connection) or index_store.state(connection).ready)
        if done >= 1_000:
            raise Killed

    with pytest.raises(Killed):
        index_texts.index(desk.house, now=NOW, watch=look)
    assert seen == [False, False]

    assert index_texts.index(desk.house, now=NOW).indexed == 200
    with desk.house.engine.connect() as connection:
        assert index_store.index_stands(connection)
        assert index_store.state(connection).ready


def test_an_index_whose_building_was_broken_off_is_built_again(desk: ServiceDesk) -> None:
    desk.query("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'crm.ix_search_tsv'::regclass")
    desk.open("2026-06-01 10:00", description="насос")

    index_texts.index(desk.house, now=NOW)

    with desk.house.engine.connect() as connection:
        assert index_store.index_stands(connection)


def test_whoever_comes_second_does_nothing_and_is_told(desk: ServiceDesk) -> None:
    desk.open("2026-06-01 10:00", description="насос")
    with index_store.alone(desk.house.engine) as alone:
        assert alone
        assert index_texts.index(desk.house, now=NOW) == Indexed(0, 0, busy=True)

    assert index_texts.index(desk.house, now=NOW).indexed == 1


def test_requests_that_are_changed_or_deleted_meanwhile_are_left_to_the_next_look(desk: ServiceDesk) -> None:
    changed, deleted, kept = (desk.open("2026-06-01 10:00", description="насос") for _ in range(3))
    engine = desk.house.engine
    with engine.begin() as connection:
        read = index_store.texts(connection, (changed.id, kept.id))
    desk.query("UPDATE crm.record SET description = 'кран' WHERE id = :id", id=changed.id)
    holds, done = threading.Event(), threading.Event()

    def delete() -> None:
        with engine.begin() as connection:
            for table in ("crm.stage_row", "crm.deadline"):
                connection.execute(sa.text(f"DELETE FROM {table} WHERE record_id = :id"), {"id": deleted.id})
            connection.execute(sa.text("DELETE FROM crm.record WHERE id = :id"), {"id": deleted.id})
            holds.set()
            done.wait(30)

    other = threading.Thread(target=delete)
    other.start()
    holds.wait(30)
    with engine.begin() as connection:
        assert index_store.write(connection, [(text, []) for text in read]) == 1
    done.set()
    other.join()

    assert desk.query("SELECT record_id FROM crm.search") == [(kept.id,)]
    assert index_texts.index(desk.house, now=NOW) == Indexed(1, 1)


def test_the_comparison_of_versions_reads_no_texts_and_no_vectors(desk: ServiceDesk) -> None:
    many(desk, 2_000, filler=" ".join(f"слово{number}" for number in range(80)))
    index_texts.index(desk.house, now=NOW)
    desk.query("ANALYZE crm.search")
    with desk.house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM crm.search")
        connection.exec_driver_sql("SET enable_seqscan = off")  # as it is for a million vectors
        plan = connection.execute(sa.text("EXPLAIN " + index_store._PARTS), {"size": 500})
        read = "\n".join(plan.scalars())

    assert "Index Only Scan using pk_search" in read


def test_phones_of_an_import_are_read_so_that_nobody_who_opens_a_client_waits_for_them(
    desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_texts, "PHONES", 2)
    statement = (
        "INSERT INTO crm.company (name, phone, created_at, modified_at)"
        " SELECT 'C' || n, '+7 495 123-45-6' || n, now(), now() FROM generate_series(1, 5) AS n"
    )
    with desk.house.engine.begin() as connection:
        connection.execute(sa.text(statement))

    index_texts.index(desk.house, now=NOW)

    assert desk.query("SELECT count(*), min(number) FROM crm.phone WHERE entity = 'company' AND field = 'phone'") == [
        (5, "+74951234561")
    ]
