"""What cannot be sent yet waits, with the setting that is missing, and keeps back nothing else."""

import pytest

from caseline.actions import send_asks, trigger_asks
from caseline.feedback.states import State
from tests.factories.cards import moscow, service_desk
from tests.integration.feedback.test_trigger import closed, contact, switched_on

NOW = moscow("2026-04-06 12:05")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "CASELINE_MAIL_ADDRESS: nobody has said our own address"),
        ({"mail_address": "support@example.org"}, "CASELINE_PUBLIC_URL: nobody has said at which address"),
    ],
)
def test_letters_wait_until_somebody_has_said_our_addresses(
    database_url: str, settings: dict[str, str], said: str
) -> None:
    desk = service_desk(database_url, **settings)
    switched_on(desk, letter="ask_nps", reminder="ask_reminder")
    closed(desk, contact_id=contact(desk))
    trigger_asks.run(desk.house, now=NOW)

    done = send_asks.run(desk.house, now=NOW)

    assert (done.problem or "").startswith(said)
    assert desk.query("SELECT state FROM feedback.ask") == [(State.QUEUED,)]

    ready = service_desk(database_url, mail_address="support@example.org", public_url="https://rate.example.org")
    done = send_asks.run(ready.house, now=NOW)
    assert (done.problem, done.written) == (None, 1)
    desk.house.engine.dispose()
    ready.house.engine.dispose()


def test_a_messenger_without_its_token_keeps_back_no_letter(database_url: str) -> None:
    addresses = {"mail_address": "support@example.org", "public_url": "https://rate.example.org"}
    desk = service_desk(database_url, chat="telegram", **addresses)
    switched_on(desk, letter="ask_nps", reminder="ask_reminder")
    card = closed(desk, contact_id=contact(desk))
    trigger_asks.run(desk.house, now=NOW)
    desk.query(
        "INSERT INTO feedback.ask (public_id, campaign_id, form_version_id, subject, subject_id, period, service, channel,"
        " address, language, state, happened_at, state_at, state_by, due_at) SELECT 'chat-ask-000', campaign_id,"
        " form_version_id, 'request', :id, 'chat', 'x', 'chat', '+79000000000', 'ru', 'draft', :now, :now, 'job', :now"
        " FROM feedback.ask",
        id=card.id,
        now=NOW,
    )
    desk.query("UPDATE feedback.ask SET state = 'queued' WHERE channel = 'chat'")

    done = send_asks.run(desk.house, now=NOW, chat=lambda *_all, **_more: pytest.fail("nothing can be said there"))

    assert (done.problem or "").startswith("CASELINE_CHAT_TOKEN: telegram needs a token")
    assert done.written == 1
    desk.house.engine.dispose()
