"""Requests that clients are asked about: a campaign that is on, closed requests, and what campaigns make of them."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from caseline.actions import foresee_asks, keep_campaigns, keep_templates, move_request, trigger_asks
from caseline.actions.editing import Editor
from caseline.actions.move_request import Move
from caseline.actions.wiring import House
from caseline.outbox.templates import Template
from tests.factories import pages
from tests.factories.request_cards import Staff

CAMPAIGN = "smileys-on-closure"
_SENT = """
UPDATE feedback.ask SET state = 'sent', sent_at = :at, state_at = :at, expires_at = :at + interval '30 days'
WHERE id = :id
"""
LETTERS = ("ask_smileys", "ask_review", "ask_nps", "ask_reminder")


def letters(house: House) -> None:
    """The letters that campaigns name, in short, where none are there."""
    known = keep_templates.templates(house)
    for code in LETTERS:
        for language in ("ru", "en"):
            if (code, language) not in known:
                made = Template(code, language, "Оцените", "Оцените, пожалуйста.", "")
                keep_templates.save(house, made, by=None, now=datetime.now(UTC))


def switched_on(house: House, code: str = CAMPAIGN) -> int:
    """Let a shipped campaign ask about what happens from an hour ago on; answers its id."""
    letters(house)
    now = datetime.now(UTC)
    return keep_campaigns.switch_on(house, code, Editor("test", now), since=now - timedelta(hours=1)).id


def closed(house: House, staff: Staff, number: int, *, subject: str = "A pump") -> int:
    """A request of a client of its own that was closed just now; answers its id."""
    made = opened(house, staff, number, subject=subject)
    close(house, made)
    return made


def opened(house: House, staff: Staff, number: int, *, subject: str = "A pump") -> int:
    """A request of a client of its own; answers its id."""
    made = pages.request(house, f"{subject} is broken", subject)
    statement = "INSERT INTO crm.contact (name, email) VALUES (:name, :email) RETURNING id"
    mail = f"client{number}@client.example"
    ((contact,),) = staff.query(statement, name=f"Client {number}", email=mail)
    staff.query("UPDATE crm.record SET contact_id = :contact WHERE id = :id", contact=contact, id=made)
    return made


def close(house: House, record: int) -> None:
    """Move a request into its closed stage."""
    move_request.close(house, Move(key=f"id:{record}"), now=datetime.now(UTC))


def asks(house: House, staff: Staff) -> dict[int, int]:
    """What campaigns make of it: the ids of asks by those of requests."""
    trigger_asks.run(house, now=datetime.now(UTC))
    return {row.subject_id: row.id for row in staff.query("SELECT id, subject_id FROM feedback.ask ORDER BY id")}


def of_request(house: House, record: int) -> int:
    """An ask about a request, made by hand; answers its id."""
    switched_on(house)
    return foresee_asks.ask_by_hand(house, CAMPAIGN, record, Editor("test", datetime.now(UTC))).id


def sent(staff: Staff, ask_id: int, *, ago: timedelta = timedelta(hours=2)) -> None:
    """As if the mail server had taken its letter some time ago."""
    at = datetime.now(UTC) - ago
    values = {"id": ask_id, "at": at}
    with staff.house.engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))  # it may have been made since
        connection.execute(sa.text("UPDATE feedback.ask SET state_at = :at WHERE id = :id"), values)
        connection.execute(sa.text("SET LOCAL session_replication_role = origin"))
        connection.execute(sa.text(_SENT), values)
