"""What a client sees and does by the link to a public review: who opens it changes nothing, who presses goes there."""

import hmac
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from caseline.actions import follow_bonus, follow_up
from caseline.actions.wiring import House
from caseline.feedback import links, review_store, reviews
from caseline.feedback.review_store import Offer
from caseline.feedback.reviews import Target, TargetUnfit


@dataclass(frozen=True, slots=True)
class Way:
    """Where a link leads."""

    name: str
    address: str
    """Of the site, as it was checked just now."""
    gone: bool
    """Somebody has gone there by it, now or before."""


def see(house: House, link: str) -> Way | None:
    """Where a link leads; None for what is no link of ours, or leads where nobody may be sent any more.

    Changes nothing: scanners and previews open every link.
    """
    with house.engine.connect().execution_options(postgresql_readonly=True) as connection:
        found = _offer(connection, link)
        return None if found is None else _way(*found)


def go(house: House, link: str, *, now: datetime) -> Way | None:
    """Somebody has pressed: keep that he went there, once, and what he gets for it; where that is, as `see`.

    Whether a review is written nobody here knows.
    """
    with house.engine.begin() as connection:
        found = _offer(connection, link)
        if found is None:
            return None
        offer, target = found
        if review_store.click(connection, offer.id, now=now):
            follow_bonus.clicked(connection, offer.ask_id, target, now=now)
        way = _way(offer, target, gone=True)
    follow_up.run(house, now=now, ask_id=offer.ask_id)
    return way


def _offer(connection: sa.Connection, link: str) -> tuple[Offer, Target] | None:
    number, _dot, secret = link.partition(".")
    offer = review_store.offered(connection, number) if links.read("go", "go", link) else None
    right = hmac.compare_digest(links.digest(secret), offer.digest if offer else links.digest(number))
    if offer is None or not right:
        return None
    try:
        target = reviews.checked(review_store.target_of(connection, offer.target_id), review_store.hosts(connection))
    except TargetUnfit:
        return None
    return offer, target


def _way(offer: Offer, target: Target, *, gone: bool = False) -> Way:
    return Way(target.name, target.address, gone or offer.clicked_at is not None)
