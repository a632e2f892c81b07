"""Requests as staff meets them at the desk: people with logins, a client's mails, requests of groups."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.people.rights import Role
from tests.factories import pages
from tests.factories.conversations import Centre

CLIENT: Final = "Ivan Client <ivan@client.example>"
PNG: Final = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@dataclass
class Staff:
    """Groups and persons of a house, and mails that come in."""

    house: House

    def query(self, statement: str, **values: object) -> list[Any]:
        """Rows of any statement."""
        with self.house.engine.begin() as connection:
            found = connection.execute(sa.text(statement), values)
            return list(found.all()) if found.returns_rows else []

    def group(self, name: str) -> int:
        """A group; answers its id."""
        return int(self.query("INSERT INTO people.group (name) VALUES (:name) RETURNING id", name=name)[0][0])

    def person(
        self, name: str, *groups: int, login: str | None = None, role: Role = Role.AGENT, scope: str = "all"
    ) -> int:
        """A person who works in groups, with a login where one is named; answers the person's id."""
        number = self.query("INSERT INTO people.person (name) VALUES (:name) RETURNING id", name=name)[0][0]
        for group in groups:
            self.query("INSERT INTO people.membership VALUES (:group, :number)", group=group, number=number)
        if login is not None:
            pages.login(self.house, login, role)
            self.query(
                "UPDATE people.login SET person_id = :number, scope = :scope WHERE name = :login",
                number=number,
                scope=scope,
                login=login,
            )
        return int(number)

    def opened(self, *mails: bytes) -> int:
        """The request that mails open, one after the other; answers its id."""
        centre = Centre(self.house, datetime.now(UTC) - timedelta(hours=2))
        centre.get(*mails)
        return [number for number in centre.landed() if number is not None][-1]

    def give(self, record_id: int, group_id: int | None = None, assignee_id: int | None = None) -> None:
        """Let a request belong to a group and a person."""
        self.query(
            "UPDATE crm.record SET group_id = :group, assignee_id = :assignee WHERE id = :id",
            group=group_id,
            assignee=assignee_id,
            id=record_id,
        )

    def version(self, record_id: int) -> int:
        """Of a request as it is now."""
        return int(self.query("SELECT version FROM crm.record WHERE id = :id", id=record_id)[0][0])

    def texts(self, record_id: int) -> list[str]:
        """What was written on a request."""
        with self.house.engine.connect() as connection:
            return [one.text for one in connect.timelines("embedded").messages(connection, record_id)]

    def files(self, record_id: int) -> dict[str, int]:
        """Ids of the files of a request, by name."""
        found = self.query(
            "SELECT a.name, a.id FROM crm.attachment AS a JOIN crm.message AS m ON m.id = a.message_id"
            " WHERE m.record_id = :id",
            id=record_id,
        )
        return {name: int(number) for name, number in found}

    def events(self, record_id: int) -> list[tuple[str, Any]]:
        """Types and data of what happened to a request."""
        found = self.query("SELECT type, data FROM crm.event WHERE record_id = :id ORDER BY id", id=record_id)
        return [(row[0], row[1]) for row in found]


def mail(
    text: str = "The pump does not start.\n",
    *,
    subject: str = "Pump",
    sender: str = CLIENT,
    number: int = 1,
    html: str | None = None,
    files: tuple[tuple[str, str, bytes], ...] = (),
) -> bytes:
    """A mail to the support centre; files as (name, content type, content)."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "support@example.org", subject
    made["Message-ID"] = f"<mail{number}@client.example>"
    made.set_content(text)
    if html is not None:
        made.add_alternative(html, subtype="html")
    for name, kind, content in files:
        main, _, sub = kind.partition("/")
        made.add_attachment(content, maintype=main, subtype=sub, filename=name, cid=f"<{name}>")
    return made.as_bytes()
