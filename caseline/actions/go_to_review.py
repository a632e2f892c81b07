"""What a client sees and does by the link to a public review: who opens it changes nothing, who presses goes there.

A press counts unless something speaks for a machine; what does not count is kept all the same, as signals of the ask.
"""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import follow_bonus, follow_up
from caseline.actions.tell_persons import Visitor
from caseline.actions.wiring import House
from caseline.feedback import asks, books, links, pressing, review_store, reviews, signals
from caseline.feedback.confirming import Kind, Rule, Signal
from caseline.feedback.reading import CampaignUnfit
from caseline.feedback.review_store import Offer
from caseline.feedback.reviews import Target, TargetUnfit
from caseline.feedback.signals import Came

_AT_LEAST_MS: Final = 700
"""Nobody reads the page and presses its button in less; a program that sends forms does."""
_AT_MOST_MS: Final = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Way:
    """Where a link leads."""

    name: str
    address: str
    """Of the site, as it was checked just now."""
    seen: str
    """By which the button shows that its page was looked at."""
    going: bool = False
    """Somebody has pressed it just now."""
    doubted: bool = False
    """Somebody has, and it does not count: he may press again in a minute, or go there uncounted."""


def see(house: House, link: str, visitor: Visitor, *, now: datetime) -> Way | None:
    """Where a link leads; None for what is no link of ours, or leads where nobody may be sent any more.

    Only the visit is kept: scanners and previews open every link.
    """
    with house.engine.begin() as connection:
        found = _offer(connection, link)
        if found is None:
            return None
        _keep(connection, found[0], Kind.VISIT, visitor, now)
        return _way(*found, now)


def go(house: House, link: str, seen: str, visitor: Visitor, *, now: datetime) -> Way | None:
    """Somebody has pressed: keep that he went there, once, and what he gets for it; where that is, as `see`.

    A form that was sent without its page, or sooner than anybody could, gets the page again and counts as nothing. So
    does what comes with the letter, or as machines come, but it is kept, and told. Whether a review is written nobody
    here knows.
    """
    with house.engine.begin() as connection:
        found = _offer(connection, link)
        if found is None:
            return None
        offer, target = found
        if not _looked(offer, seen, now):
            return _way(offer, target, now)
        _keep(connection, offer, Kind.GESTURE, visitor, now)
        if offer.clicked_at is None and _doubted(connection, offer, visitor, now):
            return replace(_way(offer, target, now), doubted=True)
        if review_store.click(connection, offer.id, now=now):
            follow_bonus.clicked(connection, offer.ask_id, target, now=now)
    follow_up.run(house, now=now, ask_id=offer.ask_id)
    return replace(_way(offer, target, now), going=True)


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


def _keep(connection: sa.Connection, offer: Offer, kind: Kind, visitor: Visitor, now: datetime) -> None:
    came = Came(
        ask_id=offer.ask_id,
        at=now,
        kind=kind,
        question=pressing.key(offer.id),
        prefetch=visitor.prefetch,
        net=visitor.net,
        agent=visitor.agent,
    )
    signals.add(connection, came)


def _doubted(connection: sa.Connection, offer: Offer, visitor: Visitor, now: datetime) -> bool:
    press = Signal(now, Kind.GESTURE, prefetch=visitor.prefetch)
    letters, came = review_store.left(connection, offer), signals.of(connection, offer.ask_id)
    return bool(pressing.doubts(_rule(connection, offer), letters, came, press, offer.id))


def _rule(connection: sa.Connection, offer: Offer) -> Rule:
    """That of the campaign; the usual one where a later version of caseline finds fault with its document."""
    ask = asks.one(connection, offer.ask_id)
    try:
        kept = None if ask is None else books.campaign(connection, ask.campaign_id)
        return Rule() if kept is None else kept.campaign.rule
    except CampaignUnfit:
        return Rule()


def _way(offer: Offer, target: Target, now: datetime) -> Way:
    at = str(int(now.timestamp() * 1000))
    return Way(target.name, target.address, f"{at}.{_mark(offer, at)}")


def _looked(offer: Offer, seen: str, now: datetime) -> bool:
    at, _dot, mark = seen.partition(".")
    if not at.isdecimal() or not hmac.compare_digest(mark.encode(), _mark(offer, at).encode()):
        return False
    return _AT_LEAST_MS <= int(now.timestamp() * 1000) - int(at) <= _AT_MOST_MS


def _mark(offer: Offer, at: str) -> str:
    return hmac.new(offer.digest, at.encode(), hashlib.sha256).hexdigest()
