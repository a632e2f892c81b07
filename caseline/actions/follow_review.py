"""Asks a client for a public review, by links of ours that lead to the sites which the rule names."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from caseline.actions import follow_ground, tell_client
from caseline.actions.follow_ground import Undone
from caseline.actions.tell_client import Say
from caseline.actions.wiring import House
from caseline.feedback import links, made_records, review_store, reviews
from caseline.feedback.asks import Ask
from caseline.feedback.effects import Effect
from caseline.feedback.forms import words
from caseline.feedback.reviews import TargetUnfit
from caseline.outbox import store
from caseline.outbox.tags import Tag


def handle(house: House, connection: sa.Connection, ask: Ask, effect: Effect, *, now: datetime) -> str:
    """Keep the offers and queue the letter, all of it or nothing. Raises `Undone` while nothing can be offered.

    Whoever wants to be asked no more is not asked for this either.
    """
    if made_records.wants_no_more(connection, ask):
        return "not offered: the client wants to be asked no more"
    if house.settings.public_url is None:
        raise Undone("CASELINE_PUBLIC_URL: nobody has said at which address our pages are served; set it")
    made = _offered(house, connection, ask, effect.data["targets"], now)
    if not made:
        return "offered already"
    *others, (site, link) = made
    text = words(effect.data["text"], house.settings.mail_language)
    lines = [text, *(f"{name}: {url}" for name, url in others), f"{site}:"]
    say = Say(
        "review_offer",
        {Tag.TEXT: "\n".join(line for line in lines if line), Tag.LINK: link},
        effect.key,
        [url.rpartition("/")[2] for _name, url in made],
    )
    card = follow_ground.carrier(house, connection, ask, now=now)
    told = tell_client.tell(house, connection, ask, card, say, now=now)
    letter_id = store.of_occasion(connection, say.occasion(ask))
    if letter_id is not None:
        secrets = [url.rpartition(".")[2] for _name, url in made]
        review_store.stands_in(connection, ask.id, [links.digest(one) for one in secrets], letter_id)
    return told


def _offered(
    house: House, connection: sa.Connection, ask: Ask, codes: Sequence[str], now: datetime
) -> list[tuple[str, str]]:
    """(site, link) of what is offered by this; raises `Undone` when no target can be linked to."""
    hosts, made, faults = review_store.hosts(connection), [], []
    for code in codes:
        found = review_store.target(connection, code)
        try:
            target = reviews.checked(found[1], hosts) if found and found[1].active else None
        except TargetUnfit as error:
            faults.append(f"{code}: {error}")
            continue
        if found is None or target is None:
            faults.append(f"{code}: there is none in use")
            continue
        number, secret = links.mint_id(), links.mint_secret()
        if review_store.offer(connection, ask.id, found[0], public_id=number, digest=links.digest(secret), now=now):
            made.append((target.name, f"{(house.settings.public_url or '').rstrip('/')}/go/{number}.{secret}"))
    if faults and len(faults) == len(codes):
        raise Undone(f"ask {ask.id}, review: {'; '.join(faults)}; an administrator can mend the targets")
    return made
