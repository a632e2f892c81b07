"""Gives a site of others the link of a form that it shows to a client: such an ask is written to nobody."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import find_request, foresee_asks, settle_asks, wiring
from caseline.actions.editing import Editor
from caseline.actions.wiring import House
from caseline.crm.cards import Refused
from caseline.crm.vocabulary import REQUEST
from caseline.feedback import ask_links, asks, books, links
from caseline.feedback.asks import Ask
from caseline.feedback.books import KeptCampaign
from caseline.feedback.campaign import Channel, On
from caseline.feedback.links import Link
from caseline.feedback.states import OPEN, State

_STANDS: Final = OPEN | {State.QUEUED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A link that opens the form from now on, beside those that do already."""

    link: Link = field(repr=False)
    until: datetime | None
    """When it ends."""


def give(house: House, code: str, request: str, site: str, *, now: datetime) -> Given | None:
    """A new link to what a campaign asks about a request, by its number; None where nobody is asked about it there.

    Only asks of the channel `web` have such links; those of letters and chats go to the client alone. A campaign that
    waits for programs (`by: api`) and is on asks because the site does, as somebody does by hand. Raises
    `CampaignUnfit`, and `Told` where nobody is to be asked.
    """
    with house.engine.connect() as connection:
        kept = books.by_code(connection, code)
        number = None if kept is None else _request(house, connection, request)
        if kept is None or number is None:
            return None
        stands = _standing(connection, kept, number, now)
    if stands is None and kept.switched_on_at is not None and kept.campaign.trigger.by is On.API:
        stands = foresee_asks.ask_by_hand(house, code, number, Editor(f"site {site}", now)).id
    if stands is None:
        return None
    with house.engine.begin() as connection:
        ask = asks.hold(connection, stands)
        if ask is not None and ask.state is State.QUEUED and kept.campaign.trigger.by is On.API:
            settle_asks.sent(house, connection, ask, at=now)  # the client stands before the form
            ask = asks.hold(connection, stands)
        return None if ask is None or not _open(ask, now) else _given(connection, ask, now)


def _request(house: House, connection: sa.Connection, key: str) -> int | None:
    try:
        return find_request.request(connection, wiring.intake(house).cards, key).id
    except Refused:
        return None


def _standing(connection: sa.Connection, kept: KeptCampaign, number: int, now: datetime) -> int | None:
    """The newest ask of the campaign about a request that is shown on sites, and can be answered or soon will."""
    own = [one for one in asks.of_subject(connection, REQUEST, number) if one.campaign_id == kept.id]
    found = [one.id for one in own if one.channel == Channel.WEB and one.state in _STANDS and not _over(one, now)]
    return found[-1] if found else None


def _open(ask: Ask, now: datetime) -> bool:
    return ask.channel == Channel.WEB and ask.state in OPEN and not _over(ask, now)


def _over(ask: Ask, now: datetime) -> bool:
    return ask.expires_at is not None and ask.expires_at <= now


def _given(connection: sa.Connection, ask: Ask, now: datetime) -> Given:
    secret = links.mint_secret()
    ask_links.keep_secret(connection, ask.id, links.digest(secret), now=now)
    form = books.form_code(connection, ask.form_version_id)
    return Given(link=Link(form, ask.service, ask.public_id, secret), until=ask.expires_at)
