"""Finds a request for somebody: one that he may not see is answered as one that there is not."""

import sqlalchemy as sa

from caseline.crm.card_port import Cards
from caseline.crm.cards import Card
from caseline.people.access import Viewer


class Absent(Exception):
    """There is no such thing, or none that this viewer may know of; nobody can tell one from the other."""


def request(connection: sa.Connection, cards: Cards, viewer: Viewer, record_id: int) -> Card:
    """The request of that id; raises `Absent`."""
    card = cards.get(connection, record_id)
    if card is None or not viewer.sees(card.group_id, card.assignee_id):
        raise Absent(f"request {record_id}")
    return card
