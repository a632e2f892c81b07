"""A house that asks its clients from end to end: what happens, letters by a real mail server, public pages, rounds."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email import policy as policies
from email.message import EmailMessage
from typing import Any, Final

from pydantic import SecretStr

from caseline.actions import keep_campaigns, run_feedback, send_letters
from caseline.actions.editing import Editor
from caseline.actions.run_feedback import Done
from caseline.actions.wiring import House
from caseline.crm.cards import Card, Deed
from tests.factories import mail_server
from tests.factories.answered import Feedback
from tests.factories.cards import kept_desk, moscow
from tests.factories.colleagues import Staff
from tests.factories.mail_server import MailServer

MONDAY: Final = moscow("2026-04-06 12:00")
PUBLIC: Final = "https://feedback.example"
_LINK: Final = re.compile(rf"{PUBLIC}(/[a-z]/[^\s\"<>]+)")


@dataclass
class Rounds(Feedback):
    """What `answered.Feedback` is, with letters that leave and come back as answers."""

    post: MailServer = field(kw_only=True)

    @property
    def house(self) -> House:
        return self.desk.house

    @property
    def staff(self) -> Staff:
        return Staff(self.house)

    def switch_on(self, code: str, **changes: Any) -> None:  # noqa: ANN401 - parts of a campaign
        """Let a preset ask, as it ships or with some of its parts replaced."""
        if changes:
            document = {**keep_campaigns.find(self.house, code, now=self.now).document, **changes}
            keep_campaigns.change(self.house, code, document, Editor("test", self.now))
        keep_campaigns.switch_on(self.house, code, Editor("test", self.now))

    def make(self, code: str, document: dict[str, Any]) -> None:
        """Make a campaign by data alone, and switch it on."""
        keep_campaigns.add(self.house, code, document, Editor("test", self.now))
        keep_campaigns.switch_on(self.house, code, Editor("test", self.now))

    def move(self, card: Card, code: str, *, by: int | None = None) -> Card:
        """Change the stage of a record now; also to one that a preset has made."""
        intake = self.desk.intake
        with self.house.engine.begin() as connection:
            stage = next(one for one in intake.cards.stages(connection) if one.code == code)
            moved = intake.move(connection, card, stage, Deed(at=self.now, by_id=by))
        assert moved is not None
        return moved

    def round(self) -> Done:
        """What the deployments do: a round of feedback, letters, and the round that settles them."""
        done = run_feedback.run(self.house, now=self.now)
        send_letters.send(self.house, clock=lambda: self.now)
        run_feedback.run(self.house, now=self.now)
        return done

    def letters(self, to: str) -> list[EmailMessage]:
        """Letters that somebody has got, the oldest first."""
        found = []
        for one in self.post.mailbox.taken:
            if to in one.recipients:
                message = message_from_bytes(one.content, policy=policies.default)
                assert isinstance(message, EmailMessage)
                found.append(message)
        return found

    def links(self, to: str) -> list[str]:
        """Paths of the links in the last letter of somebody, as its text has them."""
        body = self.letters(to)[-1].get_body(("plain",))
        assert body is not None
        return _LINK.findall(str(body.get_content()))

    def states(self) -> list[tuple[str, str | None]]:
        """(state, reason) of all asks."""
        return [tuple(one) for one in self.query("SELECT state, reason FROM feedback.ask ORDER BY id")]


@contextmanager
def rounds(url: str, **settings: Any) -> Iterator[Rounds]:  # noqa: ANN401 - whatever a test names
    """A desk on Monday noon, with a mail server."""
    with mail_server.running() as post:
        own = {"mail_address": "support@example.org", "public_url": PUBLIC, "smtp_url": SecretStr(post.url())}
        made = Rounds(kept_desk(url, {**own, **settings}, keep=4), MONDAY, post=post)
        try:
            yield made
        finally:
            made.house.engine.dispose()
