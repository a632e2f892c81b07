"""Every mail address of a client that the register knows, each with from where: cards, letters on requests, answers."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import getaddresses
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from caseline.feedback import bad_addresses
from caseline.outbox.addresses import checked, folded, plain
from caseline.outbox.faults import OutboxFault

_PARTS: Final = re.compile(r"[,;\s]+")
_REQUESTS: Final = 50
_LETTERS: Final = 400
"""Newest requests of a client, and newest letters of them, that are looked through."""


class Whence(StrEnum):
    """From where an address is known."""

    COMPANY = "company"
    CONTACT = "contact"
    ANSWERED = "answered"
    """Somebody has answered an earlier question there."""
    WROTE = "wrote"
    WRITTEN = "written"
    """We have written there."""


@dataclass(frozen=True, slots=True)
class Source:
    """One place where an address stands."""

    whence: Whence
    name: str = ""
    """Of whose card it is."""
    id: int | None = None
    at: datetime | None = None
    """Of a letter: the last one."""


@dataclass(slots=True)
class Known:
    """An address of a client."""

    address: str
    sources: list[Source] = field(default_factory=list)
    bad: bool = False
    """The last letter there came back."""
    contact_id: int | None = None
    """The only contact on whose card it stands."""


_CARDS: Final = """
SELECT 'company' AS whence, id, name, email FROM crm.company WHERE id = :company AND email <> ''
UNION ALL
SELECT 'contact', c.id, c.name, c.email FROM crm.contact AS c
WHERE (c.company_id = :company OR c.id = :contact) AND c.email <> ''
  AND NOT EXISTS (SELECT FROM crm.contact_merge AS m WHERE m.gone_id = c.id)
ORDER BY whence, name, id
"""
_EXCHANGED: Final = """
WITH requests AS (
  (SELECT id FROM crm.record WHERE company_id = :company ORDER BY created_at DESC, id DESC LIMIT :requests)
  UNION
  (SELECT id FROM crm.record WHERE contact_id = :contact ORDER BY created_at DESC, id DESC LIMIT :requests)
)
SELECT m.kind, m.sender, m.sender_address, m.recipients, m.told_addresses, m.sent_at
FROM crm.message AS m LEFT JOIN crm.message_trait AS t ON t.message_id = m.id
WHERE m.record_id IN (SELECT id FROM requests) AND m.kind IN ('mail_in', 'mail_out') AND t.assignment_id IS NULL
  AND t.outsider IS NOT TRUE AND (m.kind = 'mail_out' OR t.automatic IS NULL AND t.unproven IS NULL)
ORDER BY m.sent_at DESC, m.id DESC LIMIT :letters
"""
_ANSWERED: Final = """
SELECT address, max(answered_at) AS at FROM feedback.ask
WHERE address IS NOT NULL AND answered_at IS NOT NULL AND subject = :subject AND subject_id = :id GROUP BY address
"""
_STAFF: Final = "SELECT lower(email) FROM people.person WHERE lower(email) = ANY (CAST(:addresses AS text[]))"


def of_client(
    connection: sa.Connection,
    client: tuple[int | None, int | None],
    subject: tuple[str, int],
    own: Iterable[str] = (),
) -> list[Known]:
    """Addresses of a client, given as (company, contact), those on cards first, those that letters do not reach last.

    `subject`: what a review is asked about. Left out are `own` addresses and those of persons of the house.
    """
    whose = {"company": client[0], "contact": client[1]}
    found: dict[str, Known] = {}
    for address, source in (
        *_on_cards(connection, whose),
        *_answers(connection, subject),
        *_in_letters(connection, whose),
    ):
        if (usable := _usable(address)) is not None:
            _add(found.setdefault(folded(usable), Known(usable)), source)
    ours = {plain(one) for one in own}
    staff = set(connection.execute(sa.text(_STAFF), {"addresses": sorted(found)}).scalars())
    bad = bad_addresses.among(connection, found)
    left = [one for key, one in found.items() if key not in staff and plain(key) not in ours]
    for one in left:
        one.bad = folded(one.address) in bad
        owners = {source.id for source in one.sources if source.whence is Whence.CONTACT}
        one.contact_id = owners.pop() if len(owners) == 1 else None
    return sorted(left, key=lambda one: one.bad)


def _add(known: Known, source: Source) -> None:
    """Of letters the last one counts, and they come newest first."""
    if all((one.whence, one.id) != (source.whence, source.id) for one in known.sources):
        known.sources.append(source)


def _usable(address: str) -> str | None:
    try:
        return checked(address)
    except OutboxFault:
        return None


def _on_cards(connection: sa.Connection, whose: dict[str, Any]) -> Iterator[tuple[str, Source]]:
    for row in connection.execute(sa.text(_CARDS), whose).all():
        for part in _PARTS.split(row.email):
            yield part, Source(Whence(row.whence), row.name, row.id)


def _answers(connection: sa.Connection, subject: tuple[str, int]) -> Iterator[tuple[str, Source]]:
    found = connection.execute(sa.text(_ANSWERED), {"subject": subject[0], "id": subject[1]})
    for address, at in found.all():
        yield address, Source(Whence.ANSWERED, at=at)


def _in_letters(connection: sa.Connection, whose: dict[str, Any]) -> Iterator[tuple[str, Source]]:
    """Of mails that were imported, the headers are read."""
    values = {**whose, "requests": _REQUESTS, "letters": _LETTERS}
    for row in connection.execute(sa.text(_EXCHANGED), values).all():
        came = row.kind == "mail_in"
        told = [row.sender_address] if came and row.sender_address else [] if came else row.told_addresses or []
        header = row.sender if came else row.recipients
        addresses = told or [address for _name, address in getaddresses([header or ""])]
        for address in addresses:
            yield address, Source(Whence.WROTE if came else Whence.WRITTEN, at=row.sent_at)
