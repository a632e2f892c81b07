"""What `caseline up` leaves paused, because it would have nothing to do or could not do it."""

import pytest

from caseline.cli import up
from caseline.settings import Settings

MAILBOX = "imaps://support:secret@mail.example.org/"


@pytest.mark.parametrize(
    ("settings", "works"),
    [
        ({}, set()),
        ({"mailbox": MAILBOX}, set()),
        ({"mail_address": "support@example.org"}, set()),
        ({"mailbox": MAILBOX, "mail_address": "support@example.org"}, {"ingest-mail"}),
        ({"smtp_url": "smtps://support:secret@mail.example.org"}, {"send-outbox"}),
    ],
)
def test_mail_is_taken_in_where_there_is_a_mailbox_and_an_own_address(
    settings: dict[str, str], works: set[str]
) -> None:
    idle = up.idle(Settings.model_validate(settings))

    assert {"ingest-mail", "send-outbox", "sync-bitrix24"} - set(idle) == works
