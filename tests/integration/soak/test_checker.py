"""The checker of chaos runs finds every planted fault by its name, and nothing in a house that is sound."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from caseline.db.embedded import Server
from tests.factories import databases
from tests.factories.soaked import Soaked, soaked

ROOT = Path(__file__).parents[3]
IMPORTED = "(SELECT min(id) FROM crm.record WHERE source IS NOT NULL)"
MAIL = "(SELECT min(id) FROM mail.mail WHERE message_id LIKE '%soak-7-mail%')"
ASK = "(SELECT min(ask_id) FROM feedback.answer)"
ANSWER = "(SELECT min(id) FROM feedback.answer)"
CREDIT = "(SELECT min(id) FROM feedback.bonus_line WHERE kind = 'credit')"
LETTER = "(SELECT min(id) FROM outbox.letter WHERE state = 'sent')"
MOVED = "(SELECT min(record_id) FROM crm.stage_row WHERE NOT imported AND left_at IS NOT NULL)"
LEFT = f"id = (SELECT min(id) FROM crm.stage_row WHERE record_id = {MOVED} AND left_at IS NOT NULL)"


@pytest.fixture(scope="module")
def house(server: Server, template: str) -> Iterator[Soaked]:
    folder = Path(tempfile.mkdtemp(prefix="caseline-soaked-"))
    with databases.copied(server.url, template) as url, soaked(folder, url) as made:
        yield made
    shutil.rmtree(folder)


def doubled(table: str, which: str, **changes: str) -> str:
    """A statement that makes a second row of one, under an id that nobody has."""
    values = ", ".join(f"'{name}', {value}" for name, value in {"id": "999999", **changes}.items())
    return (
        f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT r.* FROM {table} t,"
        f" LATERAL jsonb_populate_record(t, jsonb_build_object({values})) r WHERE t.id = {which}"
    )


def test_a_sound_house_has_no_finding(house: Soaked) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "soak", "check", house.folder, "--url", house.url],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost, nothing doubled" in done.stdout


def test_there_was_something_to_find(house: Soaked) -> None:
    """Each kind of thing is there, so that a check of nothing is not taken for a sound house."""
    for what in (
        "crm.record WHERE source IS NOT NULL",
        "mail.mail WHERE message_id LIKE '%soak-7-mail%'",
        "feedback.answer",
        "feedback.bonus_line WHERE kind = 'credit'",
        "feedback.bonus_line WHERE kind = 'apply'",
        "crm.stage_row WHERE NOT imported AND pausing AND left_at IS NOT NULL",
        "outbox.letter WHERE nature = 'personal' AND state = 'sent'",
        "outbox.letter WHERE nature = 'reply' AND state = 'sent'",
    ):
        assert house.value(f"SELECT count(*) FROM {what}"), what


PLANTED = {
    "lost: an imported request": ("lost", "Case.csv", [f"DELETE FROM crm.record WHERE id = {IMPORTED}"]),
    "lost: a staging row": ("lost", "Contact.csv", ["""DELETE FROM staging.row WHERE id = (SELECT min(r.id) FROM
        staging.row r JOIN staging.file f ON f.id = file_id WHERE f.name = 'Contact.csv' AND status = 'SUCCESS')"""]),
    "lost: a mail": ("lost", "soak-7-mail", [f"UPDATE mail.mail SET state = 'tray', record_id = NULL WHERE id = {MAIL}"]),
    "lost: the bytes of a mail": ("lost", "soak-7-mail", [
        f"DELETE FROM mail.piece WHERE raw_id = (SELECT raw_id FROM mail.mail WHERE id = {MAIL})"]),
    "lost: a move": ("lost", "was moved to", [
        f"DELETE FROM crm.stage_row WHERE record_id = {MOVED} AND left_at IS NULL"]),
    "lost: an answer": ("lost", "ask ", [f"DELETE FROM feedback.answer WHERE id = {ANSWER}"]),
    "lost: a rating": ("lost", "ask ", ["DELETE FROM feedback.rating"]),
    "lost: a comment": ("lost", "comments", ["DELETE FROM crm.message WHERE kind = 'comment' AND source IS NULL"]),
    "doubled: a request of a mail": ("doubled", "soak-7-mail", [
        doubled("crm.record", f"(SELECT record_id FROM mail.mail WHERE id = {MAIL})")]),
    "doubled: an imported request": ("doubled", "request number", [
        doubled("crm.record", IMPORTED, origin="'other'")]),
    "doubled: a message of a mail": ("doubled", "soak-7-mail", [
        doubled("crm.message", f"(SELECT message_ref FROM mail.mail WHERE id = {MAIL})")]),
    "doubled: an ask": ("doubled", "2 asks are about it", [
        doubled("feedback.ask", ASK, public_id="'another-one-'", period="'reopened 1'", letter_id="NULL")]),
    "lost: an ask": ("lost", "nobody is asked about it", [
        f"UPDATE feedback.ask SET state = 'cancelled', reason = 'reopened', sent_at = NULL WHERE id = {ASK}"]),
    "doubled: a visit to a stage": ("doubled", "was moved to", [
        """INSERT INTO crm.stage_row (record_id, stage, entered_at, left_at, elapsed_s, business_s, by_id, calendar_id, mode)
            SELECT record_id, stage, left_at, left_at, 0, 0, by_id, calendar_id, mode
            FROM crm.stage_row WHERE id = (SELECT min(id) FROM crm.stage_row WHERE by_id IS NOT NULL AND left_at IS NOT NULL AND NOT imported)"""]),
    "doubled: an imported visit": ("doubled", "has a visit to", [
        """INSERT INTO crm.stage_row (record_id, stage, entered_at, left_at, elapsed_s, business_s, by_id, calendar_id, mode)
           SELECT record_id, stage, left_at, left_at, 0, 0, by_id, calendar_id, mode FROM crm.stage_row
           WHERE id = (SELECT min(id) FROM crm.stage_row WHERE by_id IS NOT NULL AND left_at IS NOT NULL AND imported)"""]),
    "swapped: contacts of two imported requests": ("swapped", "request ", [
        """WITH two AS (SELECT id, contact_id, lag(contact_id, 1, contact_id) OVER (ORDER BY id DESC) AS other
                        FROM (SELECT id, contact_id FROM crm.record WHERE contact_id IS NOT NULL AND source IS NOT NULL
                              ORDER BY id LIMIT 2) s)
           UPDATE crm.record r SET contact_id = two.other + (two.other = two.contact_id)::int FROM two WHERE two.id = r.id"""]),
    "swapped: two answers": ("swapped", "ask ", [
        """UPDATE feedback.answer n SET document = o.document FROM feedback.answer o
           WHERE n.id = (SELECT min(id) FROM feedback.answer) AND o.id = (SELECT max(id) FROM feedback.answer)"""]),
    "swapped: a mail on another request": ("swapped", "soak-7-mail", [
        f"""UPDATE crm.message SET text = 'another' WHERE id = (SELECT message_ref FROM mail.mail WHERE id = {MAIL})"""]),
    "swapped: the reader of a letter": ("swapped", "letter ", [
        f"UPDATE outbox.recipient SET address = 'other@else.example' WHERE letter_id = {LETTER}"]),
    "late: a letter after it was withdrawn": ("late", "letter ", [
        f"""UPDATE outbox.letter SET done_at = done_at - interval '1 minute', queued_at = queued_at - interval '2 minutes'
            WHERE id = {LETTER}"""]),
    "late: a letter long after it was written": ("late", "letter ", [
        f"UPDATE outbox.letter SET queued_at = queued_at - interval '2 hours' WHERE id = {LETTER}"]),
    "late: a letter before its time": ("late", "letter ", [
        f"UPDATE outbox.letter SET queued_at = queued_at + interval '1 hour' WHERE id = {LETTER}"]),
    "late: an ask that was withdrawn": ("late", "ask ", [
        """INSERT INTO feedback.moved (ask_id, before, after, at, by)
           SELECT id, 'queued', 'cancelled', happened_at - interval '1 minute', 'job' FROM feedback.ask WHERE letter_id IS NOT NULL"""]),
    "seconds: elapsed": ("seconds", "took", [f"UPDATE crm.stage_row SET elapsed_s = elapsed_s + 1 WHERE {LEFT}"]),
    "seconds: working time": ("seconds", "working", [
        f"UPDATE crm.stage_row SET business_s = business_s + 1 WHERE {LEFT}"]),
    "seconds: a gap": ("seconds", "begins at", [
        f"""UPDATE crm.stage_row SET left_at = left_at + interval '5 seconds', elapsed_s = elapsed_s + 5 WHERE {LEFT}"""]),
    "seconds: another calendar": ("seconds", "calendar", [f"UPDATE crm.stage_row SET calendar_id = 'ru' WHERE {LEFT}"]),
    "ledger: what is left": ("ledger", "credit ", [
        f"UPDATE feedback.bonus_line SET remaining = abs(remaining - 1) WHERE id = {CREDIT}"]),
    "ledger: a bonus that was given twice": ("ledger", "ask ", [
        doubled("feedback.bonus_line", CREDIT, key="'again'")]),
    "ledger: a line that is gone": ("ledger", "credit ", [
        "DELETE FROM feedback.bonus_line WHERE id = (SELECT min(id) FROM feedback.bonus_line WHERE kind = 'apply')"]),
    "ledger: a price": ("ledger", "request ", [
        """UPDATE crm.record SET extra = extra || '{"price": 7}' WHERE id =
           (SELECT min(record_id) FROM feedback.bonus_line WHERE kind = 'apply')"""]),
}  # fmt: skip
"""By what is planted: how it is called, a word by which it is told, and the statements."""


@pytest.mark.parametrize("planted", PLANTED)
def test_what_is_planted_is_found_and_named(house: Soaked, planted: str) -> None:
    kind, word, statements = PLANTED[planted]

    with house.spoilt(*statements) as found:
        assert [one for one in found if one.kind == kind and word in str(one)], [str(one) for one in found]


def test_an_ask_that_was_cancelled_before_it_was_sent_has_asked_nobody(house: Soaked) -> None:
    more = {"public_id": "'another-one-'", "period": "'reopened 1'", "letter_id": "NULL", "sent_at": "NULL"}
    with house.spoilt(doubled("feedback.ask", ASK, state="'cancelled'", reason="'reopened'", **more)) as found:
        assert found == []


def test_a_letter_that_somebody_has_twice_is_found(house: Soaked) -> None:
    """Once under its own Message-ID, though it was tried once; once under another."""
    first = next((house.folder / "home" / "post").glob("*.others.eml"))
    for raw in (first.read_bytes(), first.read_bytes().replace(b"Message-ID: <", b"Message-ID: <other")):
        copy = first.with_name("99999999.others.eml")
        copy.write_bytes(raw)
        os.utime(copy, (first.stat().st_mtime, first.stat().st_mtime))
        try:
            with house.spoilt("UPDATE outbox.letter SET fence = fence") as found:
                assert [one for one in found if one.kind == "doubled" and "letter" in str(one)], found
        finally:
            copy.unlink()


def test_what_was_put_in_and_never_came_is_found(house: Soaked) -> None:
    """The ledger knows of a mail, a reply and an answer that the house has never seen."""
    file = house.folder / "ledger.jsonl"
    before = file.read_text(encoding="utf-8")
    more = (
        '{"kind": "mail", "id": "<never@house.example>", "token": "never", "subject": "never", "answers": null}\n'
        '{"kind": "replies", "token": "never-replied", "id": 1}\n'
        '{"kind": "answer", "ask": "never", "submission": "x", "rating": 5, "comment": "c"}\n'
    )
    file.write_text(before + more, encoding="utf-8")
    try:
        with house.spoilt("UPDATE outbox.letter SET fence = fence") as found:
            told = {str(one).split(": ")[1] for one in found if one.kind == "lost"}
    finally:
        file.write_text(before, encoding="utf-8")
    assert {"mail never@house.example", "never-replied", "ask never, answer x"} <= told
