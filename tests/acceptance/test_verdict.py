"""The checker of the acceptance tests sees what it is there to see."""

from collections.abc import Callable

import psycopg

from tests.factories import processes, verdict
from tests.factories.processes import Place
from tests.factories.trials import Export

LAST = "(SELECT max(id) FROM crm.record)"
BREAK = {
    "a record is lost": (f"DELETE FROM crm.record WHERE id = {LAST}", "crm.record: lost 1"),
    "an event is doubled": (
        """INSERT INTO crm.event (entity, record_id, type, imported)
           SELECT entity, record_id, type, imported FROM crm.event LIMIT 1""",
        "events",
    ),
    "an event is loud": ("UPDATE crm.event SET imported = false WHERE id IN (SELECT max(id) FROM crm.event)", "events"),
    "an entry is doubled": ("INSERT INTO staging.ledger SELECT * FROM staging.ledger LIMIT 1", "ledger"),
    "a value is wrong": (f"UPDATE crm.record SET subject = subject || '!' WHERE id = {LAST}", "request"),
    "a link is wrong": (
        """UPDATE crm.record SET contact_id = NULL
           WHERE id IN (SELECT min(id) FROM crm.record WHERE contact_id IS NOT NULL)""",
        "request",
    ),
    "a reason is wrong": (
        """UPDATE staging.row SET errors = '[{"code": "BAD_DATE", "field": "No"}]' WHERE status = 'FAILED'""",
        "Case.csv:",
    ),
    "a row waits": (
        """UPDATE staging.row SET status = 'NEW'
           WHERE id IN (SELECT max(id) FROM staging.row WHERE status = 'SUCCESS')""",
        "Case.csv:",
    ),
    "a batch is open": ("UPDATE staging.batch SET done_at = NULL", "open"),
    "a reference is broken": (
        f"SET session_replication_role = replica; UPDATE crm.record SET assignee_id = 999999999 WHERE id = {LAST}",
        "point at nothing",
    ),
}


def test_every_damage_is_seen(place: Place, export: Callable[[int], Export]) -> None:
    sample = export(300)
    done = processes.run(place, processes.IN_BLOCKS, sample.folder, "8000000", "1")
    assert done.returncode == 0, done.stderr
    assert verdict.complaints(place.url or "", sample.expected) == []
    unseen = []
    for damage, (statement, word) in BREAK.items():
        with psycopg.connect(place.url or "") as connection:
            connection.execute(statement.encode())
            found = verdict.examine(connection, sample.expected)
            connection.rollback()
        if not any(word in complaint for complaint in found):
            unseen.append((damage, found))
    assert unseen == []
