"""Asks whose letters leave for a mail server on loopback."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import send_letters, write_ask
from caseline.feedback import asks, books, links
from caseline.feedback.asks import Ask, Draft
from caseline.feedback.campaign import Campaign
from caseline.feedback.states import State
from caseline.outbox import store as outbox
from caseline.outbox.letters import Letter
from tests.factories import conversations, mail_server
from tests.factories.conversations import Centre, mail
from tests.factories.mail_server import Mailbox

PUBLIC: Final = "https://feedback.example.org"
ANNA: Final = "anna@client.example"
FORM: Final = {
    "title": "Оцените",
    "questions": [
        {"key": "rating", "kind": "smileys", "label": "Ваша оценка"},
        {"key": "more", "kind": "text", "label": "Ещё"},
    ],
}
CAMPAIGN: Final = {
    "name": "Смайлики",
    "kind": "smileys",
    "trigger": {"by": "stage", "closed": True},
    "channel": "mail_smileys",
    "form": "smileys",
    "letter": "ask_smileys",
}


@dataclass
class Asking:
    """A centre with one request of Anna's, and a campaign."""

    centre: Centre
    box: Mailbox
    campaign_id: int
    version_id: int

    @property
    def request(self) -> int:
        """Anna's request."""
        number = self.centre.landed()[0]
        assert number is not None
        return number

    def ask(self, subject: str = "request", subject_id: int = 0, **changes: Any) -> Ask:  # noqa: ANN401 - fields
        """An ask that is ready to be sent."""
        fields: dict[str, Any] = {
            "public_id": links.mint_id(),
            "campaign_id": self.campaign_id,
            "form_version_id": self.version_id,
            "subject": subject,
            "subject_id": subject_id or self.request,
            "period": "once",
            "service": "request",
            "channel": "mail_smileys",
            "language": "ru",
            "happened_at": self.centre.now,
        }
        with self.centre.house.engine.begin() as connection:
            (number,) = asks.add(connection, [Draft(**fields | changes)], by="job", now=self.centre.now)
        return self.move(number, State.QUEUED, address=ANNA)

    def move(self, ask_id: int, *states: State, **changes: object) -> Ask:
        """Take steps with an ask."""
        with self.centre.house.engine.begin() as connection:
            for state in states:
                found = asks.hold(connection, ask_id)
                assert found is not None
                assert asks.move(connection, found, state, by="job", now=self.centre.now, changes=changes)
            found = asks.one(connection, ask_id)
        assert found is not None
        return found

    def write(self, ask: Ask, *, reminder: bool = False, **changes: Any) -> int:  # noqa: ANN401 - as above
        """Its letter; `changes` are of the campaign."""
        with self.centre.house.engine.begin() as connection:
            kept = books.campaign(connection, self.campaign_id)
            assert kept is not None
            campaign: Campaign = kept.campaign
            named = Campaign(**{n: getattr(campaign, n) for n in Campaign.__dataclass_fields__} | changes)
            return write_ask.write(self.centre.house, connection, ask, named, reminder=reminder, now=self.centre.now)

    def letter(self, letter_id: int) -> Letter:
        """A letter as it is kept."""
        with self.centre.house.engine.connect() as connection:
            found = outbox.get(connection, letter_id)
        assert found is not None
        return found

    def send(self) -> int:
        """Let what is due leave; answers how many letters have left."""
        return send_letters.send(self.centre.house, clock=self.centre.clock).sent

    def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """What the database says."""
        with self.centre.house.engine.begin() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query), values)]


@contextmanager
def asking(database_url: str, home: Path, settings: Mapping[str, object] | None = None) -> Iterator[Asking]:
    """A centre whose letters a server takes; `settings` beside the usual ones."""
    with mail_server.running() as server:
        usual = {"public_url": PUBLIC, "smtp_url": server.url(), "mail_signature": "Служба поддержки"}
        centre = conversations.centre(database_url, home, **usual | dict(settings or {}))
        centre.get(mail(Message_ID="<1@client.example>"))
        with centre.house.engine.begin() as connection:
            version = books.save_form(connection, "smileys", dict(FORM), by="test", now=centre.now)
            number = books.add(connection, "closing", dict(CAMPAIGN), by="test", now=centre.now)
        assert number is not None
        yield Asking(centre, server.mailbox, number, version)
        centre.house.engine.dispose()
