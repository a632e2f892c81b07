"""Chooses the system of record; the only place that knows the adapters."""

import sqlalchemy as sa

from caseline.crm.card_port import Cards
from caseline.crm.embedded.adapter import EmbeddedCrm
from caseline.crm.embedded.cards import EmbeddedCards
from caseline.crm.port import Crm


def connect(kind: str, engine: sa.Engine) -> Crm:
    """The CRM called `kind`."""
    if kind == "embedded":
        return EmbeddedCrm(engine)
    message = f"CASELINE_CRM={kind}: no such CRM; use embedded"
    raise ValueError(message)


def cards(kind: str) -> Cards:
    """Records of the CRM called `kind`, one at a time."""
    if kind == "embedded":
        return EmbeddedCards()
    message = f"CASELINE_CRM={kind}: no such CRM; use embedded"
    raise ValueError(message)
