"""SQL of review links: sites, targets, who was asked for a public review, and who went there."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.feedback.follow_tables import review_ask, review_host, review_target
from caseline.feedback.reviews import Reward, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """That somebody was asked for a public review."""

    id: int
    ask_id: int
    target_id: int
    digest: bytes
    offered_at: datetime
    clicked_at: datetime | None
    """When a person went there first, as far as anybody can tell a person."""
    letter_id: int | None
    """Of the outbox; None where it was said in a chat."""


_OFFER = [review_ask.c[name] for name in Offer.__dataclass_fields__]
_TARGET = [review_target.c[name] for name in Target.__dataclass_fields__]
_GONE: Final = sa.text("""
SELECT t.name, r.offered_at, r.clicked_at, (
  SELECT count(*) FROM feedback.signal AS s WHERE s.ask_id = r.ask_id AND s.question = 'review:' || r.id
    AND s.kind = 'gesture' AND (r.clicked_at IS NULL OR s.at < r.clicked_at)
)
FROM feedback.review_ask AS r JOIN feedback.review_target AS t ON t.id = r.target_id
WHERE r.ask_id = :ask_id ORDER BY r.id
""")
_LEFT: Final = sa.text("SELECT done_at FROM outbox.letter WHERE id = :id")


def hosts(connection: sa.Connection) -> dict[str, Reward]:
    """Sites that may be linked to, with what may be rewarded there at most."""
    query = sa.select(review_host.c.host, review_host.c.reward).order_by(review_host.c.host)
    return {row.host: Reward(row.reward) for row in connection.execute(query)}


def put_host(connection: sa.Connection, host: str, reward: Reward) -> None:
    """Allow links to a site, or change what may be rewarded there."""
    made = insert(review_host).values(host=host, reward=reward.value)
    connection.execute(made.on_conflict_do_update(index_elements=["host"], set_={"reward": reward.value}))


def drop_host(connection: sa.Connection, host: str) -> None:
    """Allow no more links to a site."""
    connection.execute(sa.delete(review_host).where(review_host.c.host == host))


def targets(connection: sa.Connection) -> dict[int, Target]:
    """All targets by id, in order of their codes."""
    query = sa.select(review_target.c.id, *_TARGET).order_by(review_target.c.code)
    return {row["id"]: _target(row) for row in connection.execute(query).mappings()}


def target(connection: sa.Connection, code: str) -> tuple[int, Target] | None:
    """The target of that code, with its id."""
    query = sa.select(review_target.c.id, *_TARGET).where(review_target.c.code == code)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else (row["id"], _target(row))


def target_of(connection: sa.Connection, target_id: int) -> Target:
    """The target of that id."""
    row = connection.execute(sa.select(*_TARGET).where(review_target.c.id == target_id)).mappings().one()
    return _target(row)


def put(connection: sa.Connection, made: Target) -> None:
    """Make or change a target."""
    values = asdict(made) | {"reward": made.reward.value}
    connection.execute(insert(review_target).values(values).on_conflict_do_update(index_elements=["code"], set_=values))


def offer(
    connection: sa.Connection, ask_id: int, target_id: int, *, public_id: str, digest: bytes, now: datetime
) -> bool:
    """Keep that somebody is asked for a public review; False when he was already."""
    values = {"ask_id": ask_id, "target_id": target_id, "public_id": public_id, "digest": digest, "offered_at": now}
    made = insert(review_ask).values(values).on_conflict_do_nothing(index_elements=["ask_id", "target_id"])
    return connection.execute(made.returning(review_ask.c.id)).scalar_one_or_none() is not None


def offered(connection: sa.Connection, public_id: str) -> Offer | None:
    """What a link offers."""
    row = connection.execute(sa.select(*_OFFER).where(review_ask.c.public_id == public_id)).mappings().one_or_none()
    return None if row is None else Offer(**row)


def offers(connection: sa.Connection, ask_id: int) -> list[Offer]:
    """All that was offered for an ask, in order."""
    query = sa.select(*_OFFER).where(review_ask.c.ask_id == ask_id).order_by(review_ask.c.id)
    return [Offer(**row) for row in connection.execute(query).mappings()]


def stands_in(connection: sa.Connection, ask_id: int, digests: Sequence[bytes], letter_id: int) -> None:
    """These links of an ask stand in that letter."""
    mine = (review_ask.c.ask_id == ask_id, review_ask.c.digest.in_(digests))
    connection.execute(sa.update(review_ask).where(*mine).values(letter_id=letter_id))


def left(connection: sa.Connection, offer: Offer) -> list[datetime] | None:
    """When the letter of a link left, none where it has not yet; None where the link stands in no letter."""
    if offer.letter_id is None:
        return None
    return [at for (at,) in connection.execute(_LEFT, {"id": offer.letter_id}) if at is not None]


@dataclass(frozen=True, slots=True)
class Gone:
    """An offer as it is told of at the desk."""

    site: str
    offered_at: datetime
    clicked_at: datetime | None
    doubted: int
    """Presses before that, or without any, which may be those of a machine."""


def gone(connection: sa.Connection, ask_id: int) -> list[Gone]:
    """What became of the offers of an ask, in order."""
    return [Gone(*row) for row in connection.execute(_GONE, {"ask_id": ask_id})]


def click(connection: sa.Connection, offer_id: int, *, now: datetime) -> bool:
    """Somebody went there; False when he was there before."""
    first = sa.update(review_ask).where(review_ask.c.id == offer_id, review_ask.c.clicked_at.is_(None))
    return bool(connection.execute(first.values(clicked_at=now)).rowcount)


def _target(row: sa.RowMapping) -> Target:
    values = {name: row[name] for name in Target.__dataclass_fields__}
    return Target(**{**values, "reward": Reward(row["reward"])})
