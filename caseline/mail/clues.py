"""Gathers what a mail names: requests by our tokens, by ids that we keep or others named, by Outlook's root."""

from base64 import b64encode
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa

from caseline.crm.timeline import Held, Parties
from caseline.crm.timeline_port import Timelines
from caseline.mail import senders, thread_store
from caseline.mail.message import Mail
from caseline.mail.thread_store import Trace  # noqa: TC001 - beside the others
from caseline.mail.threads import Clue, Relation, Rule, State, States
from caseline.outbox.minting import Mint

ROOT: Final = 22
"""Bytes of a Thread-Index that all mails of a conversation share."""


_NEAREST: Final = 20


@dataclass(frozen=True, slots=True)
class Named:
    """What a mail names, in the order in which it is believed."""

    in_reply_to: Sequence[str]
    references: Sequence[str]
    """The oldest first, as in the header."""
    message_id: str | None = None

    def ids(self) -> Iterator[tuple[str, str]]:
        """(id, header), the nearest parent first, each once."""
        seen = set()
        for header, ids in (("In-Reply-To", self.in_reply_to), ("References", reversed(self.references))):
            for one in ids:
                if one not in seen:
                    seen.add(one)
                    yield one, header


@dataclass(frozen=True, slots=True)
class Signs:
    """What of a mail can name a request."""

    named: Named
    addresses: Sequence[tuple[str, str]]
    """(address, header) of those that it was sent to."""
    thread_index: bytes | None = None
    sender: str = ""
    """Address of its From."""

    @classmethod
    def of(cls, mail: Mail) -> "Signs":
        """Those of a mail."""
        told = (("To", mail.to), ("Cc", mail.cc), ("Delivered-To", mail.delivered_to))
        addresses = [(one.address, header) for header, found in told for one in found]
        named = Named(mail.in_reply_to, mail.references, mail.message_id)
        return cls(named, addresses, mail.thread_index, mail.sender.address.lower() if mail.sender else "")

    def keys(self) -> list[str]:
        """By what mails of a thread know one another, its own id included; of many ids the nearest and the first."""
        ids = [one for one, _header in self.named.ids()]
        own = [self.named.message_id] if self.named.message_id else []
        root = [f"root {self.root.hex()}"] if self.root else []
        return [*(f"id {one}" for one in (*own, *ids[:_NEAREST], *ids[-1:])), *root]

    @property
    def root(self) -> bytes | None:
        """What all mails of an Outlook conversation share; None when it says nothing."""
        found = (self.thread_index or b"")[:ROOT]
        return found if len(found) == ROOT and any(found) else None


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a mail names."""

    clues: list[Clue]
    """In the order of `Rule`, the nearest of each first."""
    unknown: list[str]
    """Ids that it names and that no message bears."""
    root: bytes | None


@dataclass(frozen=True, slots=True)
class Gathering:
    """Where clues are looked for."""

    timelines: Timelines
    mint: Mint
    staff: Callable[[sa.Connection, str], bool]
    """Whether an address belongs to somebody of the house."""

    def gathered(self, connection: sa.Connection, signs: Signs) -> Gathered:
        """What the signs of a mail name."""
        ids = list(signs.named.ids())
        own = list(self._own_ids(ids))
        held: dict[str, list[Held]] = {}
        for one in self.timelines.held(connection, [key for key, _header in ids]):
            held.setdefault(one.key, []).append(one)
        known = held.keys() | {one.value for one in own}
        unknown = [(key, header) for key, header in ids if key not in known]
        clues = [
            *_placed(held, known, ids),
            *self._tokens(signs),
            *own,
            *_stored(held, ids),
            *self._ghosts(connection, unknown, signs),
            *self._roots(connection, signs.root),
        ]
        return Gathered(self.now(connection, clues), [key for key, _header in unknown], signs.root)

    def now(self, connection: sa.Connection, clues: Sequence[Clue]) -> list[Clue]:
        """An assignment is of the request in which it stands by now, whatever its letters say."""
        work = {one.assignment_id for one in clues if one.assignment_id is not None}
        of = self.timelines.requests_of(connection, sorted(work)) if work else {}
        return [
            replace(one, record_id=of[one.assignment_id])
            if one.assignment_id in of
            else replace(one, assignment_id=None)
            for one in clues
        ]

    def states(
        self, connection: sa.Connection, clues: Sequence[Clue], sender: str | None, others: Sequence[int] = ()
    ) -> States:
        """Requests that clues name, and others; and what the sender has to do with each.

        Without a sender nobody can say who sends it.
        """
        named = sorted({*others, *(one.record_id for one in clues)})
        if not named:
            return {}
        found = {one.record_id: one for one in self.timelines.parties(connection, named, sender)}
        # Most mails are the requester's: nobody needs to ask whether that is one of the house.
        asked = any(not one.requester for one in found.values())
        staff = asked and sender is not None and self.staff(connection, sender)
        wanted = {(number, assignment) for number in found for assignment in {None, *(c.assignment_id for c in clues)}}
        known = {(number, assignment): _state(found[number], assignment, staff=staff) for number, assignment in wanted}
        strangers = [key for key, state in known.items() if state.relation is Relation.STRANGER]
        if sender is None or all(found[number].company_id is None for number, _ in strangers):
            return known
        company_id = senders.company_of(connection, self.timelines, sender)
        colleague = [key for key in strangers if company_id is not None and found[key[0]].company_id == company_id]
        return {**known, **{key: replace(known[key], relation=Relation.COMPANY) for key in colleague}}

    def _tokens(self, signs: Signs) -> Iterator[Clue]:
        for address, header in signs.addresses:
            thread = self.mint.read_address(address)
            if thread is not None and thread.record_id is not None:
                yield Clue(Rule.TOKEN, address, header, thread.record_id, thread.assignment_id)

    def _own_ids(self, ids: Sequence[tuple[str, str]]) -> Iterator[Clue]:
        for one, header in ids:
            thread = self.mint.read_id(one)
            if thread is not None and thread.record_id is not None:
                yield Clue(Rule.OWN_ID, one, header, thread.record_id, thread.assignment_id)

    def _ghosts(self, connection: sa.Connection, ids: Sequence[tuple[str, str]], signs: Signs) -> Iterator[Clue]:
        # An answer may come before what it answers: then the mail itself is what others have named.
        own = signs.named.message_id
        named = [*ids, *([(own, "Message-ID")] if own else [])]
        traces: dict[str | bytes, list[Trace]] = {}
        for trace in thread_store.ghosts(connection, [key for key, _header in named], signs.sender):
            traces.setdefault(trace.value, []).append(trace)
        for key, header in named:
            for trace in traces.get(key, ()):
                yield Clue(Rule.GHOST, key, header, trace.record_id, trace.assignment_id, trace.at)

    def _roots(self, connection: sa.Connection, root: bytes | None) -> Iterator[Clue]:
        if root is None:
            return
        shown = b64encode(root).decode()
        for trace in thread_store.roots(connection, root):
            yield Clue(Rule.THREAD_INDEX, shown, "Thread-Index", trace.record_id, trace.assignment_id, trace.at)
        for one in self.timelines.held_threads(connection, [shown]):
            yield Clue(Rule.THREAD_INDEX, shown, "Thread-Index", one.record_id, one.assignment_id, one.at)


def _placed(held: Mapping[str, Sequence[Held]], known: Collection[str], ids: Sequence[tuple[str, str]]) -> list[Clue]:
    """The nearest message that a mail names, where somebody has put it: that goes before anything that it names."""
    nearest = next(((key, header) for key, header in ids if key in known), None)
    if nearest is None or not any(one.placed for one in held.get(nearest[0], ())):
        return []
    return list(_stored(held, [nearest]))


def _stored(held: Mapping[str, Sequence[Held]], ids: Sequence[tuple[str, str]]) -> Iterator[Clue]:
    for key, header in ids:
        for one in held.get(key, ()):
            yield Clue(Rule.STORED_ID, key, header, one.record_id, one.assignment_id, one.at)


def _state(parties: Parties, assignment_id: int | None, *, staff: bool) -> State:
    relation = _relation(parties, assignment_id, staff=staff)
    return State(parties.record_id, relation, parties.closed_at, parties.merged_into, parties.version)


def _relation(parties: Parties, assignment_id: int | None, *, staff: bool) -> Relation:
    # A client may have been given work on his own request: on that he is the one who does it.
    if assignment_id is not None and assignment_id in parties.works_on:
        return Relation.OUTSIDER
    if parties.requester:
        return Relation.REQUESTER
    if staff:
        return Relation.STAFF
    if parties.participant or parties.works_on:
        return Relation.PARTICIPANT
    return Relation.COMPANY if parties.colleague else Relation.STRANGER
