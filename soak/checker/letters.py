"""Letters that went out: each is one letter however often it was sent, to the right person, and in its time."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from soak.checker.finding import Finding, Kind
from soak.checker.inputs import Inputs, Mail, bare
from soak.checker.look import Tables

_LONGEST: Final = timedelta(minutes=45)
"""From queueing to arrival: the longest pause of a server, the lease of a dead sender, and time to come up again."""
_CLOCKS: Final = timedelta(seconds=10)
"""Between taking a letter and writing down that it was taken."""
_LINK: Final = re.compile(r"/f/[a-z0-9-]+/[^/\s\"'<>]+/([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]{43}")
_ENDED: Final = ("cancelled", "skipped", "failed", "expired", "opted_out")


@dataclass(frozen=True, slots=True)
class _Row:
    """A letter of the outbox."""

    number: int
    state: str
    queued_at: datetime
    done_at: datetime | None
    attempts: int
    readers: list[str]


def check(inputs: Inputs, tables: Tables) -> Iterator[Finding]:
    """All of them."""
    query = """SELECT message_id, l.id, l.state, queued_at, done_at, attempts,
                      ARRAY(SELECT lower(address) FROM outbox.recipient r WHERE r.letter_id = l.id)
               FROM outbox.letter l"""
    rows = {bare(message_id): _Row(*rest) for message_id, *rest in tables.rows(query)}
    copies: dict[str, list[Mail]] = {}
    for mail in inputs.letters:
        copies.setdefault(mail.id, []).append(mail)
    for message_id, row in rows.items():
        yield from _sent(row, copies.get(message_id, []))
    for message_id in copies.keys() - rows.keys():
        yield Finding(Kind.DOUBLED, f"letter {message_id}", "people have it, and the outbox does not")
    first = [mails[0] for mails in copies.values()]
    yield from _one_for_each(inputs, first)
    yield from _asked_in_time(tables, first)


def _sent(row: _Row, mails: list[Mail]) -> Iterator[Finding]:
    name = f"letter {row.number}"
    if row.state in {"queued", "sending", "held"}:
        yield Finding(Kind.OPEN, name, f"is still {row.state}")
    if row.state == "sent" and not mails:
        yield Finding(Kind.LOST, name, "is said to be sent, and nobody has it")
    if len({mail.content for mail in mails}) > 1:
        yield Finding(Kind.SWAPPED, name, f"its {len(mails)} copies are not the same")
    for reader, count in Counter(mail.reader for mail in mails).items():
        if reader not in row.readers:
            yield Finding(Kind.SWAPPED, name, f"{reader} has it, and it is for {', '.join(row.readers)}")
        if count > row.attempts:
            yield Finding(Kind.DOUBLED, name, f"{reader} has it {count} times, and it was tried {row.attempts} times")
    for mail in mails:
        yield from _in_time(name, row, mail)


def _in_time(name: str, row: _Row, mail: Mail) -> Iterator[Finding]:
    if mail.at < row.queued_at - _CLOCKS:
        yield Finding(Kind.LATE, name, f"arrived at {mail.at}, before it was written at {row.queued_at}")
    if row.done_at is not None and mail.at > row.done_at + _CLOCKS:
        yield Finding(Kind.LATE, name, f"arrived at {mail.at}, after it was {row.state} at {row.done_at}")
    if mail.at > row.queued_at + _LONGEST:
        yield Finding(Kind.LATE, name, f"arrived at {mail.at}; it was written at {row.queued_at}")


def _one_for_each(inputs: Inputs, letters: list[Mail]) -> Iterator[Finding]:
    """One letter for each reply of the agent and for each mail that began a request, and one ask for each link."""
    texts = [mail.text for mail in letters]
    for fact in inputs.of("replies"):
        count = sum(f"{fact['token']}." in text for text in texts)
        if count != 1:
            yield Finding(Kind.DOUBLED if count else Kind.LOST, f"reply {fact['token']}", f"{count} letters say it")
    answered = Counter(
        bare(str(mail.message["In-Reply-To"]))
        for mail in letters
        if "auto-replied" in str(mail.message["Auto-Submitted"])
    )
    for fact in inputs.of("mail"):
        if not fact.get("answers") and (count := answered[bare(fact["id"])]) != 1:
            kind = Kind.DOUBLED if count else Kind.LOST
            yield Finding(kind, f"mail {bare(fact['id'])}", f"{count} letters confirm it")
    for ask, count in Counter(found for text in texts for found in set(_LINK.findall(text))).items():
        if count > 1:
            yield Finding(Kind.DOUBLED, f"ask {ask}", f"{count} letters ask it")


def _asked_in_time(tables: Tables, letters: list[Mail]) -> Iterator[Finding]:
    """No ask leaves after it was withdrawn, and each goes to whom it asks."""
    query = """SELECT public_id, lower(address), happened_at,
                      (SELECT min(m.at) FROM feedback.moved m WHERE m.ask_id = a.id AND m.after = ANY (%s))
               FROM feedback.ask a"""
    asks = {row[0]: row[1:] for row in tables.rows(query, list(_ENDED))}
    for mail in letters:
        for found in set(_LINK.findall(mail.text)):
            if found not in asks:
                yield Finding(Kind.DOUBLED, f"ask {found}", "a letter asks it, and there is no such ask")
                continue
            address, happened_at, ended_at = asks[found]
            if mail.reader != address:
                yield Finding(Kind.SWAPPED, f"ask {found}", f"it is for {address}, and {mail.reader} has it")
            if mail.at < happened_at or (ended_at is not None and mail.at > ended_at + _CLOCKS):
                yield Finding(Kind.LATE, f"ask {found}", f"arrived at {mail.at}; it was withdrawn at {ended_at}")
