"""SQL that makes the vectors of requests: which have none that fits, the next of them, the index over all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.db.fixed import Fixed

SUBJECT_LONGEST: Final = 2_000
TEXT_LONGEST: Final = 200_000
"""Signs of a description that are searched; a vector holds less than 1 MB, whatever the text."""

_WAITS: Final = """
r.kind = 'request' AND NOT EXISTS (SELECT FROM crm.search AS s WHERE s.record_id = r.id AND s.version = r.version)
"""
# The newest first: they are looked for first. The comparison reads narrow rows and a key, no texts and no vectors.
_PARTS: Final = f"""
SELECT min(id), max(id), count(*) FROM (
  SELECT r.id, (row_number() OVER (ORDER BY r.id DESC) - 1) / :size AS part FROM crm.record AS r WHERE {_WAITS}
) AS numbered
GROUP BY part ORDER BY part
"""  # noqa: S608 - a constant
_TEXTS: Final = Fixed(
    sa.text(f"""
SELECT r.id, r.version, left(r.subject, {SUBJECT_LONGEST}), left(coalesce(r.description, ''), {TEXT_LONGEST}),
  coalesce(r.number, ''), coalesce(r.origin, '')
FROM crm.record AS r WHERE r.id BETWEEN :first AND :last AND {_WAITS}
""")  # noqa: S608 - constants
)
# One that is being deleted, or was changed since it was read, is left to the next look.
_WRITE: Final = Fixed(
    sa.text(f"""
WITH held AS MATERIALIZED (
  SELECT r.id, r.version, r.subject, r.description, r.company_id, r.created_at, n.codes
  FROM unnest(CAST(:ids AS bigint[]), CAST(:versions AS int[]), CAST(:codes AS text[])) AS n (id, version, codes)
  JOIN crm.record AS r ON r.id = n.id AND r.version = n.version
  ORDER BY r.id FOR KEY SHARE OF r SKIP LOCKED
)
INSERT INTO crm.search AS s (record_id, version, tsv)
SELECT id, version,
  setweight(to_tsvector('russian', translate(left(subject, {SUBJECT_LONGEST}), 'ёЁ', 'еЕ')), 'A')
  || setweight(to_tsvector('russian', translate(left(coalesce(description, ''), {TEXT_LONGEST}), 'ёЁ', 'еЕ')), 'B')
  || array_to_tsvector(array_remove(
    string_to_array(codes, ' ') || CAST('_c' || company_id AS text)
    || to_char(created_at AT TIME ZONE 'UTC', '"_y"YYYY') || to_char(created_at AT TIME ZONE 'UTC', '"_m"YYYYMM'),
  NULL))
FROM held
ON CONFLICT (record_id) DO UPDATE SET version = excluded.version, tsv = excluded.tsv
RETURNING 1
""")  # noqa: S608 - constants
)
_NOTE: Final = sa.text("""
UPDATE crm.search_state SET waiting = coalesce(CAST(:waiting AS bigint), waiting),
  ready = coalesce(CAST(:ready AS boolean), ready), looked_at = coalesce(CAST(:at AS timestamptz), looked_at)
""")
_INDEX_STANDS: Final = """
SELECT i.indisvalid FROM pg_index AS i WHERE i.indexrelid = to_regclass('crm.ix_search_tsv')
"""
_BUILD: Final = "CREATE INDEX CONCURRENTLY ix_search_tsv ON crm.search USING gin (tsv)"
_UNLOCK: Final = "SELECT pg_advisory_unlock(hashtextextended('caseline.search', 0))"
_LOCK: Final = "SELECT pg_try_advisory_lock(hashtextextended('caseline.search', 0))"


@dataclass(frozen=True, slots=True)
class Text:
    """A request whose vector has to be made."""

    id: int
    version: int
    subject: str
    description: str
    number: str
    origin: str


@dataclass(frozen=True, slots=True)
class State:
    """How far the search is."""

    ready: bool
    """False while the first very many requests are being indexed: nothing but numbers can be looked for."""
    waiting: int
    """Requests that could not be found when somebody last looked."""
    looked_at: datetime | None


@contextmanager
def alone(engine: sa.Engine) -> Iterator[bool]:
    """Whether nobody else is indexing, and nobody will as long as the context lasts; a killed process lets go."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = bool(connection.execute(sa.text(_LOCK)).scalar_one())
        try:
            yield mine
        finally:
            # A server notices a closed connection a little later; whoever asks next should not have to wait for that.
            if mine and not connection.invalidated:
                connection.execute(sa.text(_UNLOCK))


def state(connection: sa.Connection) -> State:
    """How far the search is; one small row."""
    row = connection.execute(sa.text("SELECT ready, waiting, looked_at FROM crm.search_state")).one()
    return State(*row)


def parts(connection: sa.Connection, size: int) -> list[tuple[int, int, int]]:
    """(first id, last id, number) of requests without a vector that fits, the newest part first."""
    return [(first, last, number) for first, last, number in connection.execute(sa.text(_PARTS), {"size": size})]


def texts(connection: sa.Connection, part: tuple[int, int]) -> list[Text]:
    """Such requests between two ids."""
    return [Text(*row) for row in _TEXTS.rows(connection, {"first": part[0], "last": part[1]})]


def write(connection: sa.Connection, made: Sequence[tuple[Text, Sequence[str]]]) -> int:
    """Make the vectors of these requests with these codes; answers how many were as they had been read."""
    values = {
        "ids": [text.id for text, _codes in made],
        "versions": [text.version for text, _codes in made],
        "codes": [" ".join(codes) for _text, codes in made],
    }
    return len(_WRITE.rows(connection, values))


def note(
    connection: sa.Connection, *, waiting: int | None = None, ready: bool | None = None, at: datetime | None = None
) -> None:
    """Keep how far the search is; what is None stays as it was."""
    values = {"waiting": waiting, "ready": ready, "at": at}
    connection.execute(_NOTE, values)


def vectors(connection: sa.Connection) -> int:
    """How many requests have a vector, about: as many as the statistics know, exact for few."""
    known = connection.execute(sa.text("SELECT reltuples FROM pg_class WHERE oid = 'crm.search'::regclass"))
    few = "SELECT count(*) FROM (SELECT FROM crm.search LIMIT 10001) AS few"
    return max(int(known.scalar_one()), int(connection.execute(sa.text(few)).scalar_one()))


def index_stands(connection: sa.Connection) -> bool:
    """Whether the index over the vectors is there and whole; one whose making was broken off is not."""
    return bool(connection.execute(sa.text(_INDEX_STANDS)).scalar())


def drop_index(connection: sa.Connection) -> None:
    """Take the index away in the caller's transaction; waits two seconds at most for whoever reads just now."""
    connection.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
    connection.exec_driver_sql("DROP INDEX IF EXISTS crm.ix_search_tsv")
    note(connection, ready=False)


def build_index(engine: sa.Engine) -> None:
    """Build it from all vectors, while others read and write; then let the server count what is in them."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET maintenance_work_mem = '512MB'")
        connection.exec_driver_sql("DROP INDEX IF EXISTS crm.ix_search_tsv")
        connection.exec_driver_sql(_BUILD)


def tidy(engine: sa.Engine) -> None:
    """Count the words of the vectors, by which a search decides its way, and mark what all may see."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE) crm.search")
