"""Many asks at once: made by one statement with all their steps, read from the log in parts, looked for once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from caseline.actions import keep_campaigns, trigger_asks
from caseline.crm.cards import Deed
from caseline.feedback import asks, books, taken_steps
from caseline.feedback.asks import Draft
from caseline.feedback.states import State
from tests.factories.cards import STAGES, ServiceDesk, moscow, service_desk

MONDAY = "2026-04-06 10:00"
BY_STAGE = {"by": "stage", "closed": True}
AGED = {"by": "age", "record": "request", "closed": True, "age_days": 3}


@pytest.fixture
def desk(database_url: str) -> Iterator[ServiceDesk]:
    made = service_desk(database_url, feedback_rest_days=0)
    yield made
    made.house.engine.dispose()


def switched_on(desk: ServiceDesk, trigger: dict[str, Any]) -> int:
    document = {
        "name": "Smileys",
        "kind": "smileys",
        "trigger": trigger,
        "channel": "mail_link",
        "form": "smileys",
        "letter": "acknowledgement",
        "reminder": "acknowledgement",
    }
    with desk.house.engine.begin() as connection:
        keep_campaigns.ship(connection, now=moscow(MONDAY))
        number = books.add(connection, "mine", document, by="test", now=moscow(MONDAY))
        kept = books.by_code(connection, "mine")
        assert kept is not None
        assert number is not None
        assert books.switch(connection, kept, moscow(MONDAY))
    return number


def closed(desk: ServiceDesk, when: str) -> int:
    card = desk.open("2026-04-06 11:00")
    return desk.move(card, "closed", when).id


def subjects(desk: ServiceDesk) -> list[int]:
    return [row[0] for row in desk.query("SELECT subject_id FROM feedback.ask ORDER BY subject_id")]


def draft(number: int, version: int, **fields: Any) -> Draft:  # noqa: ANN401 - fields of a draft
    values: dict[str, Any] = {
        "public_id": f"many-{fields['subject_id']}",
        "campaign_id": number,
        "form_version_id": version,
        "subject": "request",
        "period": "once",
        "service": "support",
        "channel": "mail_link",
        "language": "ru",
        "happened_at": moscow(MONDAY),
    }
    return Draft(**values | fields)


def test_asks_that_go_on_at_once_have_all_their_steps_and_none_begins_elsewhere(desk: ServiceDesk) -> None:
    number = switched_on(desk, BY_STAGE)
    ((version,),) = desk.query("SELECT min(id) FROM feedback.form_version")
    drafts = [
        draft(number, version, subject_id=1, address="client@example.org"),
        draft(number, version, subject_id=2),
        draft(number, version, subject_id=3, state=State.SKIPPED, reason="opted out"),
    ]
    with desk.house.engine.begin() as connection:
        made = asks.add(connection, drafts, by="job", now=moscow(MONDAY), go_on=True)
        steps = [[(one.before, one.after) for one in taken_steps.steps(connection, ask_id)] for ask_id in made]

    assert steps == [
        [(None, "draft"), ("draft", "queued")],
        [(None, "draft"), ("draft", "needs_data")],
        [(None, "skipped")],
    ]
    sent = draft(number, version, subject_id=4, state=State.ANSWERED)
    with pytest.raises(sa.exc.IntegrityError, match="an ask begins as draft or skipped, not as answered"):  # noqa: SIM117
        with desk.house.engine.begin() as connection:
            asks.add(connection, [sent], by="job", now=moscow(MONDAY))


def test_a_log_read_in_parts_leaves_nothing_out_that_comes_to_light_late(
    desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trigger_asks, "AT_ONCE", 2)
    switched_on(desk, BY_STAGE)
    late = desk.open("2026-04-06 11:00")
    with desk.house.engine.connect() as slow:
        desk.intake.move(slow, late, STAGES["closed"], Deed(at=moscow("2026-04-06 12:00")))
        others = [closed(desk, f"2026-04-06 12:0{minute}") for minute in range(1, 6)]
        trigger_asks.run(desk.house, now=moscow("2026-04-06 12:10"))
        assert subjects(desk) == others
        slow.commit()
    for minute in (20, 30, 40):
        trigger_asks.run(desk.house, now=moscow(f"2026-04-06 12:{minute}"))

    assert subjects(desk) == [late.id, *others]


def test_what_was_old_enough_is_looked_at_once_and_anew_when_the_campaign_changes(desk: ServiceDesk) -> None:
    number = switched_on(desk, AGED)
    first = closed(desk, "2026-04-06 12:00")
    trigger_asks.run(desk.house, now=moscow("2026-04-09 12:30"))
    second = closed(desk, "2026-04-09 12:40")
    trigger_asks.run(desk.house, now=moscow("2026-04-20 12:00"))

    assert subjects(desk) == [first, second]
    ((looked,),) = desk.query("SELECT aged_until FROM feedback.campaign WHERE id = :id", id=number)
    assert looked == moscow("2026-04-20 12:00") - timedelta(days=3)
    with desk.house.engine.begin() as connection:
        kept = books.campaign(connection, number)
        assert kept is not None
        changed = books.change(connection, kept, {**kept.document, "trigger": {**AGED, "age_days": 2}}, by="test",
                               now=moscow("2026-04-20 12:00"))  # fmt: skip
    assert changed is not None
    assert changed.aged_until is None
