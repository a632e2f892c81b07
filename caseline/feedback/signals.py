"""SQL of signals: what came for asks from outside, kept before anything is made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any, Final

import sqlalchemy as sa

from caseline.db.fixed import Fixed, Wanted, together
from caseline.feedback.answer_tables import signal
from caseline.feedback.confirming import Kind, Signal

CROWD: Final = 3
"""Asks of which one network opens links within `CROWD_WITHIN`: it is a gateway that looks into letters."""
CROWD_WITHIN: Final = timedelta(seconds=60)
_PREFIX: Final = {4: 24, 6: 48}
_LONGEST_AGENT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """Something that came for an ask."""

    ask_id: int
    at: datetime
    kind: Kind
    question: str | None = None
    value: int | None = None
    prefetch: bool = False
    decoy: bool = False
    net: str | None = None
    """As `net` has it."""
    agent: str | None = None


_ADD: Final = Fixed(
    sa.text("""
INSERT INTO feedback.signal (ask_id, at, kind, question, value, prefetch, decoy, net, agent)
VALUES (:ask_id, :at, :kind, :question, :value, :prefetch, :decoy, CAST(:net AS cidr), :agent)
""")
)
_NEAR: Final = Fixed(
    sa.text("""
SELECT count(DISTINCT ask_id) FROM feedback.signal WHERE net = CAST(:net AS cidr) AND at BETWEEN :since AND :until
""")
)
_OF: Final = Fixed(
    sa.text("""
SELECT question, at, kind, value, prefetch, decoy, crowd FROM feedback.signal WHERE ask_id = :ask ORDER BY at, id
""")
)


def net(address: str | None) -> str | None:
    """The network of an address, /24 or /48: enough to know a gateway again, too little to know a person."""
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    bits = found.max_prefixlen - _PREFIX[found.version]
    return f"{type(found)(int(found) >> bits << bits)}/{_PREFIX[found.version]}"


def add(connection: sa.Connection, came: Came) -> None:
    """Keep a signal. When its network has been at several asks by now, all its signals of that minute are marked."""
    agent = (came.agent or "")[:_LONGEST_AGENT] or None
    values = {name: getattr(came, name) for name in Came.__dataclass_fields__} | {"agent": agent}
    added = Wanted(_ADD, {**values, "kind": came.kind.value}, len)
    if came.net is None:
        added.on(connection)
        return
    since, until = came.at - CROWD_WITHIN, came.at + CROWD_WITHIN
    counted = Wanted(_NEAR, {"net": came.net, "since": since, "until": until}, lambda rows: int(rows[0][0]))
    _, asks = together(connection, added, counted)
    if asks >= CROWD:
        near = (signal.c.net == came.net, signal.c.at.between(since, until))
        connection.execute(sa.update(signal).where(*near, sa.not_(signal.c.crowd)).values(crowd=True))


def opened(connection: sa.Connection, ask_id: int, *, net: str | None, agent: str | None, since: datetime) -> set[int]:
    """The values whose links somebody has opened since then, as far as network and program tell that it was he."""
    same = (
        signal.c.net.is_not_distinct_from(net),
        signal.c.agent.is_not_distinct_from((agent or "")[:_LONGEST_AGENT] or None),
    )
    query = sa.select(signal.c.value).where(signal.c.ask_id == ask_id, signal.c.value.is_not(None), *same)
    return set(connection.execute(query.where(signal.c.kind == Kind.VISIT.value, signal.c.at >= since)).scalars())


def by_hand(connection: sa.Connection, ask_id: int) -> bool:
    """Whether anything that came for an ask was done by a person."""
    own = (signal.c.ask_id == ask_id, signal.c.kind == Kind.GESTURE.value)
    return bool(connection.execute(sa.select(sa.exists().where(*own))).scalar_one())


def of(connection: sa.Connection, ask_id: int) -> dict[str, list[Signal]]:
    """The signals of an ask for each question; those without one speak of all questions."""
    return wanted(ask_id).on(connection)


def wanted(ask_id: int) -> Wanted[dict[str, list[Signal]]]:
    """The same, still to be asked."""
    return Wanted(_OF, {"ask": ask_id}, _each)


def _each(rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Signal]]:
    found: dict[str, list[Signal]] = {}
    shared = []
    for question, at, kind, value, prefetch, decoy, crowd in rows:
        one = Signal(at, Kind(kind), value, prefetch=prefetch, decoy=decoy, crowd=crowd)
        if question is None:
            shared.append(one)
        else:
            found.setdefault(question, []).append(one)
    return {question: [*own, *shared] for question, own in found.items()}
