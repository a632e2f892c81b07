"""What has grown old goes, if the settings say so; a dry run says the same and changes nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from caseline.actions import retain_personal
from caseline.actions.wiring import House, open_house
from caseline.settings import load
from tests.factories import marked_person
from tests.factories.marked_person import Marked

LATER = datetime.now(UTC) + timedelta(days=31)
DAYS = {"mails": 30, "letters": 30, "signals": 30, "chats": 30, "notices": 30, "audit": 30}
_LEFT = {
    "mails": "SELECT count(*) FROM mail.piece AS p JOIN mail.mail AS m ON m.raw_id = p.raw_id WHERE m.state <> 'received'",
    "letters": "SELECT count(*) FROM outbox.letter WHERE body <> '' AND state <> 'queued'",
    "signals": "SELECT count(*) FROM feedback.signal WHERE net IS NOT NULL OR agent IS NOT NULL",
    "chats": "SELECT count(*) FROM chat.incoming WHERE text <> ''",
    "notices": "SELECT count(*) FROM notices.notice",
    "audit": "SELECT count(*) FROM people.audit WHERE action <> 'personal_retained'",
}


@pytest.fixture
def keeps(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The same house, which keeps everything for 30 days; its letter was sent and its chat was read."""
    marked_person.ask(house, "UPDATE outbox.letter SET state = 'sent', done_at = now() WHERE reason IS NULL AND id = 1")
    marked_person.ask(house, "UPDATE chat.incoming SET handled_at = now()")
    for kind, days in DAYS.items():
        monkeypatch.setenv(f"CASELINE_RETAIN_{kind.upper()}", str(days))
    with open_house(load()) as opened:
        yield opened


def _left(house: House) -> dict[str, int]:
    return {kind: marked_person.ask(house, sql)[0][0] for kind, sql in _LEFT.items()}


def test_nothing_goes_unless_the_settings_say_so(house: House, marked: Marked) -> None:
    before = _left(house)
    assert {one.rows for one in retain_personal.run(house, now=LATER)} == {0}
    assert _left(house) == before
    assert marked.contact > 0


def test_what_is_old_goes_and_what_is_counted_stays(keeps: House) -> None:
    before = _left(keeps)
    values = "SELECT ask_id, kind, value FROM feedback.signal ORDER BY id"
    clicked = marked_person.ask(keeps, values)
    foreseen = {one.kind: one.rows for one in retain_personal.run(keeps, now=LATER, dry_run=True)}
    assert _left(keeps) == before
    assert min(before.values()) > 0

    gone = {one.kind: one.rows for one in retain_personal.run(keeps, now=LATER)}

    assert gone == foreseen
    assert {kind: gone[kind] for kind in ("signals", "notices", "audit")} == {
        kind: before[kind] for kind in ("signals", "notices", "audit")
    }
    assert _left(keeps) == dict.fromkeys(DAYS, 0)
    assert marked_person.ask(keeps, values) == clicked
    assert marked_person.ask(keeps, "SELECT count(*) FROM outbox.letter WHERE body <> '' AND state = 'queued'") == [
        (1,)
    ]
    waits = "SELECT count(*) FROM mail.piece AS p JOIN mail.mail AS m ON m.raw_id = p.raw_id WHERE m.state = 'received'"
    assert marked_person.ask(keeps, waits) == [(1,)]
    ((data,),) = marked_person.ask(keeps, "SELECT data FROM people.audit WHERE action = 'personal_retained'")
    assert data["rows"] == sum(gone.values())
    assert {one.rows for one in retain_personal.run(keeps, now=LATER)} == {0}


def test_what_is_not_old_stays(keeps: House) -> None:
    before = _left(keeps)
    soon = datetime.now(UTC) + timedelta(days=29)
    marked_person.ask(keeps, "UPDATE mail.raw SET stored_at = now()")
    assert {one.rows for one in retain_personal.run(keeps, now=soon)} == {0}
    assert _left(keeps) == before
