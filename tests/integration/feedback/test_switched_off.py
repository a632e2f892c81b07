"""A campaign that is switched off: nothing of it leaves any more, what was sent is answered, and it can begin anew."""

from collections.abc import Iterator
from typing import Final

import pytest

from caseline.actions import foresee_asks, keep_campaigns, run_feedback, send_letters
from caseline.actions.editing import Editor
from tests.factories.cards import moscow
from tests.factories.rounds import Rounds, rounds

CLIENT: Final = "client@example.org"
CODE: Final = "smileys-on-closure"


@pytest.fixture
def house(database_url: str) -> Iterator[Rounds]:
    with rounds(database_url, feedback_rest_days=0) as made:
        yield made


def closed(house: Rounds, email: str | None = CLIENT) -> int:
    card = house.desk.open("2026-04-06 11:10", contact_id=house.contact(email=email))
    return house.move(card, "closed").id


def test_nothing_that_waits_leaves_whatever_it_waits_for_and_what_was_sent_is_answered(house: Rounds) -> None:
    house.switch_on(CODE)
    sent = closed(house)
    house.round()
    house.now = moscow("2026-04-06 21:00")
    late, without = closed(house), closed(house, None)
    run_feedback.run(house.house, now=house.now)
    by_hand = foresee_asks.ask_by_hand(house.house, CODE, sent, Editor("anna", house.now))
    assert sorted(state for state, _ in house.states()) == ["needs_data", "queued", "queued", "sent"]

    keep_campaigns.switch_off(house.house, CODE, Editor("anna", house.now))

    states = "SELECT subject_id, state, reason FROM feedback.ask ORDER BY id"
    off = ("cancelled", "switched off")
    expected = [(sent, "sent", None), (late, *off), (without, *off), (sent, "queued", None)]
    assert [tuple(one) for one in house.query(states)] == expected
    house.query("UPDATE crm.contact SET email = 'found@example.org' WHERE email IS NULL")
    house.now = moscow("2026-04-07 09:05")
    house.round()
    assert (len(house.letters(CLIENT)), house.read(by_hand.id).state) == (2, "sent")
    assert house.letters("found@example.org") == []
    path = next(one for one in house.links(CLIENT) if one.endswith("/4"))
    house.later(minutes=5)
    person = house.client()
    assert person.save(person.get(path), path.rpartition("/")[0], rating="4").status_code == 303

    keep_campaigns.switch_on(house.house, CODE, Editor("anna", house.now), since=moscow("2026-04-06 20:00"))
    assert foresee_asks.foresee(house.house, CODE, now=house.now).asked == 2


def test_a_letter_that_waits_in_the_outbox_is_withdrawn(house: Rounds) -> None:
    house.switch_on(CODE)
    closed(house)
    run_feedback.run(house.house, now=house.now)
    assert house.query("SELECT letter_id IS NOT NULL FROM feedback.ask") == [(True,)]

    keep_campaigns.switch_off(house.house, CODE, Editor("anna", house.now))
    send_letters.send(house.house, clock=lambda: house.now)

    assert house.letters(CLIENT) == []
    assert house.states() == [("cancelled", "switched off")]
