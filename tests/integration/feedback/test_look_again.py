"""What has waited for an address is decided anew before it goes on, and whoever is not asked any more has a reason."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from caseline.actions import choose_address, foresee_asks, run_feedback, send_asks, trigger_asks
from caseline.actions.choose_address import Choice
from caseline.actions.editing import Editor, Faulty
from caseline.crm.cards import Card
from caseline.feedback import letter_states
from tests.factories.cards import ServiceDesk, moscow, service_desk
from tests.factories.rounds import rounds
from tests.integration.feedback.test_trigger import asked, closed, contact, switched_on

MADE = moscow("2026-04-06 12:05")
LATER = moscow("2026-05-12 12:00")
SENT_ELSEWHERE = """
INSERT INTO feedback.ask (public_id, campaign_id, form_version_id, subject, subject_id, period, service, channel, address,
  contact_id, language, state, reason, happened_at, state_at, state_by, sent_at, expires_at)
SELECT 'other-ask-000', campaign_id, form_version_id, 'request', 0, 'other', 'x', channel, 'x@example.org',
  :contact, 'ru', 'skipped', '-', :at, :at, 'job', :at, :at FROM feedback.ask LIMIT 1
"""


@pytest.fixture
def desk(database_url: str) -> Iterator[ServiceDesk]:
    addresses = {"mail_address": "support@example.org", "public_url": "https://rate.example.org"}
    made = service_desk(database_url, feedback_rest_days=0, **addresses)
    yield made
    made.house.engine.dispose()


def without_address(desk: ServiceDesk) -> tuple[Card, int]:
    """A closed request whose client has no address."""
    number = contact(desk, None)
    return closed(desk, contact_id=number), number


def addressed(desk: ServiceDesk, number: int, email: str | None = None) -> None:
    desk.query("UPDATE crm.contact SET email = :mail WHERE id = :id", mail=email or f"c{number}@example.org", id=number)


def test_each_that_waited_is_decided_anew_when_its_address_turns_up(desk: ServiceDesk) -> None:
    switched_on(desk, letter="ask_nps", audience={"finished_within_days": 60, "without_services": ["usual"]})
    made = {
        name: without_address(desk) for name in ("fine", "lately", "refuses", "bounced", "old", "left_out", "waits")
    }
    made["twin"] = (closed(desk, contact_id=made["fine"][1]), made["fine"][1])
    trigger_asks.run(desk.house, now=MADE)
    desk.query("UPDATE feedback.ask SET state = 'draft' WHERE state = 'skipped'")  # it had no limit then
    desk.query("UPDATE feedback.ask SET state = 'needs_data', reason = NULL WHERE state = 'draft'")
    assert {state for _id, state, _reason in asked(desk)} == {"needs_data"}

    for name, (card, number) in made.items():
        if name not in {"waits", "twin"}:
            addressed(desk, number)
        if name == "old":
            desk.query("UPDATE crm.record SET closed_at = '2026-03-01 12:00+03' WHERE id = :id", id=card.id)
        if name == "left_out":
            desk.query("UPDATE crm.record SET category = 'usual' WHERE id = :id", id=card.id)
    sent_elsewhere(desk, made["lately"][1])
    desk.query("INSERT INTO feedback.opt_out (contact_id, at, by) VALUES (:id, now(), 'x')", id=made["refuses"][1])
    refused(desk, f"c{made['bounced'][1]}@example.org")

    done = send_asks.run(desk.house, now=LATER)

    assert done.addressed == 1
    found = {number: (state, reason) for number, state, reason in asked(desk)}
    assert {name: found[card.id] for name, (card, _number) in made.items()} == {
        "fine": ("queued", None),
        "twin": ("skipped", "asked lately: 2026-05-12"),
        "lately": ("skipped", "asked lately: 2026-05-09"),
        "refuses": ("skipped", "opted out"),
        "bounced": ("skipped", "bad address"),
        "old": ("skipped", "too old: 2026-03-01"),
        "left_out": ("skipped", "service"),
        "waits": ("needs_data", None),
    }
    assert send_asks.run(desk.house, now=LATER).addressed == 0
    assert desk.query("SELECT count(*) FROM outbox.letter WHERE nature = 'ask'") == [(1,)]


def sent_elsewhere(desk: ServiceDesk, number: int) -> None:
    """Somebody was asked about something else three days ago."""
    desk.query(SENT_ELSEWHERE, contact=number, at=LATER - timedelta(days=3))
    for state in ("draft", "queued", "sent"):
        desk.query("UPDATE feedback.ask SET state = :state WHERE subject_id = 0", state=state)


def refused(desk: ServiceDesk, address: str) -> None:
    """The last letter to an address was refused for good."""
    desk.query(
        "WITH made AS (INSERT INTO outbox.letter (record_id, nature, message_id, sender, reply_to, mark, subject, body,"
        " thread_index, queued_at, due_at) VALUES (1, 'personal', 'x', 'a', 'b', 'c', 's', 't', '', now(), now())"
        " RETURNING id) INSERT INTO outbox.recipient (letter_id, position, address, folded, state, answer)"
        " SELECT id, 0, :address, :address, 'failed', '550 5.1.1 unknown' FROM made",
        address=address,
    )


def test_a_request_that_is_open_again_is_taken_back_and_asked_about_when_it_is_closed_once_more(
    desk: ServiceDesk,
) -> None:
    switched_on(desk, letter="ask_nps")
    card, number = without_address(desk)
    trigger_asks.run(desk.house, now=MADE)
    addressed(desk, number)
    card = desk.move(card, "new", "2026-04-06 13:00")

    send_asks.run(desk.house, now=moscow("2026-04-06 13:01"))
    assert asked(desk) == [(card.id, "cancelled", "reopened")]

    desk.move(card, "closed", "2026-04-06 14:00")
    trigger_asks.run(desk.house, now=moscow("2026-04-06 14:05"))
    assert asked(desk) == [(card.id, "cancelled", "reopened"), (card.id, "queued", None)]


def test_who_asks_by_hand_is_held_to_no_limit_of_time_but_to_what_clients_have_said(desk: ServiceDesk) -> None:
    switched_on(desk, letter="ask_nps", audience={"person_rests_days": 30})
    (fine, number), (refuses, other) = without_address(desk), without_address(desk)
    for card in (fine, refuses):
        foresee_asks.ask_by_hand(desk.house, "nps", card.id, Editor("boss", LATER))
    for one in (number, other):
        addressed(desk, one)
    sent_elsewhere(desk, number)
    desk.query("INSERT INTO feedback.opt_out (contact_id, at, by) VALUES (:id, now(), 'x')", id=other)

    send_asks.run(desk.house, now=LATER)

    assert asked(desk)[1:] == [(fine.id, "queued", None), (refuses.id, "skipped", "opted out")]


def test_a_manager_who_chooses_late_is_told_why_nobody_is_asked(database_url: str) -> None:
    addresses = {"mail_address": "support@example.org", "public_url": "https://rate.example.org"}
    with rounds(database_url, feedback_rest_days=0, **addresses) as house:
        house.switch_on("review-registry", audience={"finished_within_days": 10})
        manager = house.staff.person("Manager")
        house.agreement("Д-7", house.contact(email="client@example.org"), manager, house.division("Сервис"))
        house.query("UPDATE crm.service SET kind = 'once'")
        house.query("UPDATE crm.agreement SET status = 'done', done_at = :now", now=house.now)
        house.later(minutes=5)
        run_feedback.run(house.house, now=house.now)
        ((ask, state),) = house.query("SELECT id, state FROM feedback.ask")
        assert state == "awaiting_address"
        house.later(days=11)
        viewer = house.staff.viewer(manager)

        with pytest.raises(Faulty, match="nobody is asked any more: too old: 2026-04-06") as told:
            choose_address.choose(house.house, viewer, ask, Choice(address="client@example.org"), now=house.now)

        (fault,) = told.value.faults
        assert fault.russian == "опрос больше не нужен: работа закончилась слишком давно (06.04.2026)"
        assert house.states() == [("skipped", "too old: 2026-04-06")]


def test_what_was_asked_long_ago_costs_nothing_when_addresses_are_looked_for(desk: ServiceDesk) -> None:
    switched_on(desk)
    _card, number = without_address(desk)
    trigger_asks.run(desk.house, now=MADE)
    desk.query(
        "INSERT INTO feedback.ask (public_id, campaign_id, form_version_id, subject, subject_id, period, service, channel,"
        " language, state, reason, happened_at, state_at, state_by) SELECT 'ask-' || n, campaign_id, form_version_id,"
        " 'request', n + 1000, 'once', 'x', channel, 'ru', 'skipped', 'x', now(), now(), 'job'"
        " FROM feedback.ask, generate_series(1, 20000) AS n"
    )
    addressed(desk, number)
    with desk.house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE feedback.ask"))
    with desk.house.engine.connect() as connection:
        before = pages(connection)
        found = letter_states.addressed(connection, after=0, most=500)
        assert [address for _ask, address in found] == [f"c{number}@example.org"]
        assert pages(connection) - before < 200, "pages of asks that are read"


def pages(connection: sa.Connection) -> int:
    connection.execute(sa.text("SELECT pg_stat_force_next_flush()"))
    connection.commit()
    read = "SELECT heap_blks_hit + heap_blks_read FROM pg_statio_user_tables WHERE relid = 'feedback.ask'::regclass"
    return int(connection.execute(sa.text(read)).scalar_one())
