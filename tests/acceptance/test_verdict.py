"""The checker of the acceptance tests sees what it is there to see."""

from collections.abc import Callable

import psycopg

from tests.factories import processes, verdict
from tests.factories.processes import Place
from tests.factories.trials import Export

LAST = "(SELECT max(id) FROM crm.record)"
BREAK = {
    "a record is lost": (
        """DELETE FROM crm.record WHERE id IN (
             SELECT max(id) FROM crm.record r WHERE NOT EXISTS (SELECT FROM crm.history h WHERE h.record_id = r.id)
             AND NOT EXISTS (SELECT FROM crm.record child WHERE child.parent_id = r.id))""",
        "crm.record: lost 1",
    ),
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
    "a line of history is lost": (
        "DELETE FROM crm.history WHERE id IN (SELECT max(id) FROM crm.history)",
        "crm.history: lost 1",
    ),
    "a line of history is wrong": (
        "UPDATE crm.history SET new = 'x' WHERE id IN (SELECT max(id) FROM crm.history)",
        "history 017",
    ),
    "a stage row is lost": (
        "DELETE FROM crm.stage_row WHERE id IN (SELECT max(id) FROM crm.stage_row)",
        "stage rows",
    ),
    "a stage row is doubled": (
        """INSERT INTO crm.stage_row (record_id, stage, entered_at, left_at, elapsed_s, imported)
           SELECT record_id, stage, entered_at, entered_at, 0, true FROM crm.stage_row LIMIT 1""",
        "stage rows of",
    ),
    "a stage row is too short": (
        "UPDATE crm.stage_row SET elapsed_s = elapsed_s - 1 WHERE elapsed_s > 0",
        "stage rows of",
    ),
    "a row waits": (
        """UPDATE staging.row SET status = 'NEW'
           WHERE id IN (SELECT max(id) FROM staging.row WHERE status = 'SUCCESS')""",
        "is NEW",
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
