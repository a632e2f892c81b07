"""Brings records into a portal exactly once, though it offers no such thing.

What is about to be sent is noted and committed first. After an answer that leaves it open whether something was
executed, and after our own death, records are looked up by their origin before anything is sent again; and not before
the portal must have finished or dropped the request.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import sqlalchemy as sa

from caseline.crm.bitrix24 import book
from caseline.crm.bitrix24.answers import Outcome
from caseline.crm.bitrix24.book import Intent
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from caseline.crm.port import Ambiguous, TryLater

Answers = Mapping[str, Outcome]
ATTEMPTS: Final = 8
"""How often records are sent again after answers that were lost, before the batch is given back."""
_TAKEN_OVER: Final = "somebody else has taken over these records"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A record that the portal shall have."""

    origin: str
    fields: Mapping[str, Any]
    owner_id: int | None = None
    """The lead whose timeline a message goes to."""
    filled: frozenset[str] = frozenset()
    """Fields that nobody has said anything about: they hold the moment of the attempt."""

    def content(self) -> bytes:
        """Digest of what is sent, the same for each attempt."""
        said = json.dumps(
            {name: value for name, value in self.fields.items() if name not in self.filled},
            sort_keys=True,
            default=str,
        )
        return hashlib.sha256(said.encode()).digest()


@dataclass
class Told:
    """What answers say of parcels, by origin."""

    made: dict[str, int] = field(default_factory=dict)
    refused: dict[str, tuple[str, str]] = field(default_factory=dict)
    """(the portal's code, its text)."""
    open: set[str] = field(default_factory=set)
    """May be there or not."""
    other: set[str] = field(default_factory=set)
    """Of those that are made: an earlier attempt brought them with other content than the parcel has."""


class Carrier(Protocol):
    """How a kind of record is sent and found again."""

    def calls(self, parcels: Sequence[Parcel]) -> Mapping[str, Call]:
        """What makes these parcels, by a key."""

    def told(self, parcels: Sequence[Parcel], answers: Answers) -> Told:
        """What the answers say; a parcel that is in none of its lists was not executed."""

    def find(self, owners: Mapping[str, int | None]) -> dict[str, int]:
        """The portal's ids of those origins that are there; the lowest where one is there twice."""


def outlast(portal: Portal, doubtful: Sequence[book.Intent], now: datetime) -> None:
    """Wait until nothing of these can arrive any more."""
    # A request that nobody answers may go on until the portal cuts it; until it is there it takes a moment, too.
    longest = portal.options.ceiling + portal.options.margin
    over = max(one.sent_at for one in doubtful) + timedelta(seconds=longest)
    portal.options.sleep(max(0.0, (over - now).total_seconds()))


@dataclass(frozen=True)
class Post:
    """Sends parcels of one entity and source."""

    engine: sa.Engine
    portal: Portal
    key: tuple[str, str]
    """(entity, source)."""
    known: Callable[[sa.Connection, Sequence[str]], bool] = field(default=lambda _connection, _origins: False)
    """Whether the register has one of these origins by now: then somebody else has brought it."""

    def deliver(self, carrier: Carrier, parcels: Sequence[Parcel]) -> Told:
        """Make sure that each parcel is in the portal once, or refused; nothing of it is open afterwards.

        Raises `TryLater` when the portal or its limits do not let us, `Ambiguous` when answers are lost again and
        again: the intents stay, and the next call goes on from there.
        """
        whole, token = Told(), uuid.uuid4()
        left = self._found(carrier, {parcel.origin: parcel for parcel in parcels}, whole, token)
        for _ in range(ATTEMPTS):
            if not left:
                return whole
            said = self._send(carrier, list(left.values()), token)
            whole.made |= said.made
            whole.refused |= said.refused
            left = {
                origin: one for origin, one in left.items() if origin not in said.made and origin not in said.refused
            }
            if said.open:
                left = self._found(carrier, left, whole, token)
        if left:
            raise Ambiguous(f"the portal lost the answers for {len(left)} records {ATTEMPTS} times in a row")
        return whole

    def _send(self, carrier: Carrier, parcels: Sequence[Parcel], token: uuid.UUID) -> Told:
        origins = [parcel.origin for parcel in parcels]
        with self.engine.begin() as connection:
            now = book.moment(connection)
            intents = [Intent(one.origin, one.owner_id, one.content(), now) for one in parcels]
            ours = book.intend(connection, self.key, intents, token)
            # Whoever stood still since it was asked what there is must not bring what others have brought meanwhile.
            if ours < len(origins) or self.known(connection, origins):
                raise TryLater(_TAKEN_OVER)

        def before() -> None:
            with self.engine.begin() as connection:
                ours = book.renew(connection, self.key, origins, token, now=book.moment(connection))
                if ours < len(origins):
                    raise TryLater(_TAKEN_OVER)

        return carrier.told(parcels, self.portal.send(carrier.calls(parcels), before=before))

    def _found(self, carrier: Carrier, parcels: dict[str, Parcel], whole: Told, token: uuid.UUID) -> dict[str, Parcel]:
        """What is left of parcels when those that an earlier attempt has brought there are known."""
        with self.engine.begin() as connection:
            # From here on the earlier attempt sends nothing more, or it would do so behind our back while we look.
            doubtful = book.seize(connection, self.key, list(parcels), token)
            now = book.moment(connection)
        if not doubtful:
            return parcels
        outlast(self.portal, doubtful, now)
        found = carrier.find({one.origin: parcels[one.origin].owner_id for one in doubtful})
        whole.made |= found
        whole.other |= {
            one.origin for one in doubtful if one.origin in found and one.content != parcels[one.origin].content()
        }
        return {origin: one for origin, one in parcels.items() if origin not in found}
