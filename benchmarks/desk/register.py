"""Generates requests with messages, stage rows, deadlines and companies into a database that is kept between runs."""

import time
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
import sqlalchemy as sa

from benchmarks.desk import statements, words
from caseline.actions import index_field, index_texts, keep_users, know_calendars, open_request, wiring
from caseline.actions.keep_users import Wish
from caseline.actions.wiring import House
from caseline.people.rights import Role

NOW: Final = datetime(2026, 11, 30, 9, tzinfo=UTC)
"""The newest request was made then."""
LOGIN: Final = "bench"
PASSWORD: Final = "a million quiet pages"  # noqa: S105 - of a generated register
EXTRA: Final = ("extra.City", "extra.Amount")
_PART: Final = 50_000
_YEARS_S: Final = 5 * 365 * 86_400
_SIZES: Final = {
    "groups": statements.GROUPS,
    "persons": statements.PERSONS,
    "categories": statements.CATEGORIES,
    "companies": statements.COMPANIES,
    "contacts": statements.CONTACTS,
    "sentences": words.SENTENCES,
}


def made(house: House) -> int:
    """Requests that there are; those of a register whose making was broken off count for nothing."""
    with house.engine.connect() as connection:
        broken_off = connection.execute(sa.text("SELECT to_regclass('public.bench_sentence') IS NOT NULL")).scalar_one()
        return 0 if broken_off else connection.execute(sa.text("SELECT count(*) FROM crm.record")).scalar_one()


def make(house: House, count: int) -> float:
    """Generate so many requests, say how far it is; answers seconds."""
    begun = time.monotonic()
    _surroundings(house)
    with house.engine.connect() as connection:
        _settle(connection)
        for first in range(1, count + 1, _PART):
            last = min(count, first + _PART - 1)
            values = {**_SIZES, "first": first, "last": last, "count": count, "until": NOW}
            values["step"] = f"{_YEARS_S / count} seconds"
            for statement in (statements.REQUESTS, statements.DEADLINES, statements.STAGE_ROWS, statements.MESSAGES):
                connection.execute(sa.text(statement), values)
            connection.execute(sa.text(statements.EVENTS), values)
            connection.commit()
            print(f"{last:,} of {count:,} requests, {time.monotonic() - begun:,.0f} s", flush=True)
        for statement in statements.AFTERWARDS:
            connection.execute(sa.text(statement))
        connection.commit()
    return time.monotonic() - begun


def index(house: House) -> float:
    """Make all searchable; answers seconds, 0 where nothing waited."""
    begun = time.monotonic()
    last = [begun]

    def say(done: int, total: int) -> None:
        if time.monotonic() - last[0] > 20:  # noqa: PLR2004 - seconds
            last[0] = time.monotonic()
            print(f"searchable: {done:,} of {total:,}, {time.monotonic() - begun:,.0f} s", flush=True)

    done = index_texts.index(house, now=datetime.now(UTC), rest=0.0, watch=say)
    return time.monotonic() - begun if done.found else 0.0


def index_again(house: House) -> float:
    """Seconds to find out that nothing waits, which is asked every minute."""
    begun = time.monotonic()
    index_texts.index(house, now=datetime.now(UTC), rest=0.0)
    return time.monotonic() - begun


def mark(house: House) -> float:
    """Give both extra fields an index; answers seconds."""
    begun = time.monotonic()
    for key in EXTRA:
        index_field.make_filterable(house, key, by=LOGIN, now=datetime.now(UTC))
    return time.monotonic() - begun


def unmark(house: House) -> None:
    """Take the indexes back, which an earlier run may have left."""
    for key in EXTRA:
        index_field.make_plain(house, key, by=LOGIN, now=datetime.now(UTC))


def sizes(house: House) -> dict[str, str]:
    """How many there are of what."""
    counted = {
        "requests": "crm.record",
        "messages": "crm.message",
        "stage rows": "crm.stage_row",
        "deadlines": "crm.deadline",
        "companies": "crm.company",
    }
    with house.engine.connect() as connection:
        found = {
            name: connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - from above
            for name, table in counted.items()
        }
    return {name: f"{count:,}" for name, count in found.items()}


def tidy(url: str) -> None:
    """What autovacuum would have done by tomorrow."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def _surroundings(house: House) -> None:
    now = datetime.now(UTC)
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        open_request.stages(connection, wiring.intake(house).cards)
        connection.execute(sa.text("DROP TABLE IF EXISTS public.bench_sentence"))
        connection.execute(sa.text(statements.EMPTY))
        connection.execute(sa.text(statements.SENTENCES))
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy("COPY public.bench_sentence (id, text) FROM STDIN") as rows:
            for number, sentence in enumerate(words.sentences()):
                rows.write_row((number, sentence))
        for statement in statements.SURROUNDINGS:
            connection.execute(sa.text(statement), _SIZES)
    if LOGIN not in {login.name for login in keep_users.users(house)}:
        wish = Wish(role=Role.ADMINISTRATOR, password=PASSWORD, language="ru")
        keep_users.add(house, LOGIN, wish, by=None, now=now)
    with house.engine.begin() as connection:
        connection.execute(sa.text("UPDATE people.login SET person_id = 1 WHERE name = :name"), {"name": LOGIN})


def _settle(connection: sa.Connection) -> None:
    """Everything is consistent by its making, so no reference is checked row by row."""
    connection.exec_driver_sql("SET session_replication_role = replica")
    connection.exec_driver_sql("SET synchronous_commit = off")
    connection.exec_driver_sql("SET work_mem = '128MB'")
    connection.exec_driver_sql("ANALYZE public.bench_sentence")
    connection.execute(sa.text(statements.PICK))
    connection.commit()
