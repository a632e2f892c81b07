"""An archive to be sorted: open imported requests without category, categories with groups and hours, a dictionary."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Final

import psycopg
import sqlalchemy as sa

from benchmarks.keywords import mails
from benchmarks.keywords.mails import Corpus, Row
from caseline.actions import know_calendars, open_request, wiring
from caseline.actions.wiring import House
from keywords import store
from keywords.editing import Edit
from keywords.store import Save

NOW: Final = datetime(2026, 6, 5, 12, tzinfo=UTC)
_PHRASES_FROM: Final = 3_000
"""The first letters, from which the phrases of the dictionary are taken, as in the benchmark of the matcher."""
_SUBJECT: Final = 5
"""Words of a subject, which are the first of the letter."""
_CATEGORIES: Final = """
WITH made AS (
  INSERT INTO people."group" (name) SELECT 'group ' || n FROM generate_series(1, 20) AS n RETURNING id, name
)
INSERT INTO crm.category (code, label, group_id, hours)
SELECT 'category ' || n, 'Category ' || n, made.id, (ARRAY[24, 48, 72])[1 + n % 3]
FROM generate_series(1, 20) AS n JOIN made ON made.name = 'group ' || n
"""
_REQUESTS: Final = """
COPY crm.record (kind, source, origin, number, stage, subject, description, created_at, modified_at) FROM STDIN
"""
_STAGE_ROWS: Final = """
INSERT INTO crm.stage_row (record_id, stage, pausing, entered_at, imported)
SELECT id, stage, false, created_at, true FROM crm.record ORDER BY id
"""


def fill(house: House, url: str, count: int, phrases: int) -> None:
    """Put in so many requests and phrases."""
    letters = mails.letters()
    first = list(islice(letters, min(count, _PHRASES_FROM)))
    entries = mails.entries(Corpus([mail for mail, _ in first], [row for _, row in first]), phrases)
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=NOW)
        open_request.stages(connection, wiring.intake(house).cards)
        connection.execute(sa.text(_CATEGORIES))
        about = Save(login="benchmark", reason="benchmark", effect={})
        store.save(connection, [Edit(entry) for entry in entries], about, now=NOW)
    with psycopg.connect(url, autocommit=True) as server:
        _copy(server, islice(chain(first, letters), count))
        server.execute(_STAGE_ROWS)
        server.execute("VACUUM ANALYZE crm.record, crm.stage_row")


def _copy(server: psycopg.Connection[tuple[object, ...]], letters: Iterator[tuple[str, Row]]) -> None:
    with server.cursor() as cursor, cursor.copy(_REQUESTS) as rows:
        for number, (mail, sentences) in enumerate(letters):
            subject = " ".join(form for _, form in sentences[0][:_SUBJECT])
            at = datetime.fromtimestamp(NOW.timestamp() - 1_000_000 + 2 * number, UTC)
            rows.write_row(("request", "bench", str(number), str(number), "new", subject, mail, at, at))
