"""The checker of sorting sees what it is there to see."""

from collections.abc import Callable

from tests.factories import processes, sorting_truth, sortings
from tests.factories.processes import COMMAND, Place
from tests.factories.trials import Export

SORTED = "(SELECT max(id) FROM crm.record WHERE category_by = 'keywords')"
BREAK = {
    "a category is another": (f"UPDATE crm.record SET category = 'portal' WHERE id = {SORTED}", "request"),
    "a category is missing": (f"UPDATE crm.record SET category = NULL WHERE id = {SORTED}", "request"),
    "a category was set out of use": (
        """UPDATE crm.record SET category = 'metering', category_by = 'keywords'
           WHERE id = (SELECT max(record_id) FROM keywords.scored WHERE category = 'metering')""",
        "request",
    ),
    "somebody's category is another": (
        """UPDATE crm.record SET category = 'portal'
           WHERE id = (SELECT max(id) FROM crm.record WHERE category_by = 'person')""",
        "request",
    ),
    "a group is missing": (
        "UPDATE crm.record SET group_id = NULL WHERE category = 'returns' AND category_by = 'keywords'",
        "request",
    ),
    "the first moment is another": (
        f"UPDATE crm.record SET category_first_set_at = category_first_set_at - interval '1 s' WHERE id = {SORTED}",
        "request",
    ),
    "a version was raised": (f"UPDATE crm.record SET version = version + 1 WHERE id = {SORTED}", "crm.record"),
    "a subject is another": (f"UPDATE crm.record SET subject = subject || '!' WHERE id = {SORTED}", "crm.record"),
    "what was said is lost": (f"DELETE FROM keywords.scored WHERE record_id = {SORTED}", "said"),
    "what was said is another": (f"UPDATE keywords.scored SET score = 1 WHERE record_id = {SORTED}", "said"),
    "what was said is of an old version": (
        f"UPDATE keywords.scored SET version = 0 WHERE record_id = {SORTED}",
        "said",
    ),
    "an event is doubled": (
        """INSERT INTO crm.event (entity, record_id, type, imported, at, data)
           SELECT entity, record_id, type, imported, at, data FROM crm.event WHERE type = 'category_set' LIMIT 1""",
        "event",
    ),
    "an event is lost": (
        "DELETE FROM crm.event WHERE id = (SELECT max(id) FROM crm.event WHERE type = 'category_set')",
        "event",
    ),
    "an old event is lost": ("DELETE FROM crm.event WHERE id = (SELECT min(id) FROM crm.event)", "crm.event"),
    "a deadline is lost": (f"DELETE FROM crm.deadline WHERE record_id = {SORTED}", "deadlines"),
    "a deadline is another": (
        f"UPDATE crm.deadline SET due_at = due_at + interval '1 s' WHERE record_id = {SORTED}",
        "deadline of",
    ),
    "a deadline of before is another": (
        """UPDATE crm.deadline SET target_s = 1
           WHERE record_id = (SELECT max(id) FROM crm.record WHERE category_by = 'person')""",
        "is another",
    ),
    "a deadline is logged twice": (
        """INSERT INTO crm.deadline_change (record_id, at, new_due_at, calendar_id, new_version, reason)
           SELECT record_id, at, new_due_at, calendar_id, new_version, reason
           FROM crm.deadline_change ORDER BY id DESC LIMIT 1""",
        "not once in the log",
    ),
    "an entry is another": ("UPDATE keywords.entry SET weight = 1 WHERE id = 1", "keywords.entry"),
}


def test_every_damage_to_a_sorted_register_is_seen(place: Place, export: Callable[[int], Export]) -> None:
    was = sortings.prepare(place, export(300).folder)
    done = processes.run(place, *COMMAND, "keywords", "sort")
    assert done.returncode == 0, done.stderr
    assert sorting_truth.complaints(place.url or "", was) == []
    unseen = []
    for damage, (statement, word) in BREAK.items():
        with sorting_truth.connected(place.url or "") as connection:
            connection.execute("SET caseline.sorting = 'on'")
            assert connection.execute(statement.encode()).rowcount > 0, damage
            found = sorting_truth.examine(connection, was)
            connection.rollback()
        if not any(word in complaint for complaint in found):
            unseen.append((damage, found[:3]))
    assert unseen == []
