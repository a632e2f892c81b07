"""Chooses the system of record; the only place that knows the adapters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from caseline.crm.agreement_port import Agreements
from caseline.crm.bitrix24.adapter import Bitrix24Crm
from caseline.crm.bitrix24.address import Secret
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.options import Options
from caseline.crm.card_port import Cards
from caseline.crm.catalogue_port import Catalogue
from caseline.crm.client_port import Clients
from caseline.crm.embedded.adapter import EmbeddedCrm
from caseline.crm.embedded.agreements import EmbeddedAgreements
from caseline.crm.embedded.cards import EmbeddedCards
from caseline.crm.embedded.catalogue import EmbeddedCatalogue
from caseline.crm.embedded.clients import EmbeddedClients
from caseline.crm.embedded.fields import EmbeddedFields
from caseline.crm.embedded.stores import references
from caseline.crm.embedded.timeline import EmbeddedTimelines
from caseline.crm.field_port import Fields
from caseline.crm.memory import RehearsalCrm
from caseline.crm.port import Crm, Incoming, Refusal
from caseline.crm.timeline_port import Timelines

EMBEDDED: Final = "embedded"
BITRIX24: Final = "bitrix24"
See = Callable[[sa.Connection, Incoming], None]


@dataclass(frozen=True, slots=True)
class Webhook:
    """How a portal is reached."""

    url: Secret
    options: Options = field(default_factory=Options)
    imports: bool = True
    """Records are written by the methods for imports, which start no robots."""
    automation: bool = False
    """Writes may start robots and workflows of the portal."""
    original: bool = False
    """Original dates become the portal's own creation dates."""


def connect(kind: str, engine: sa.Engine, webhook: Webhook | None = None) -> Crm:
    """The CRM called `kind`."""
    if kind == EMBEDDED:
        return EmbeddedCrm(engine)
    if kind == BITRIX24 and webhook is not None:
        return portal(engine, webhook)
    raise _unknown(kind)


def portal(engine: sa.Engine, webhook: Webhook) -> Bitrix24Crm:
    """A portal, with what only it can do."""
    client = Portal(webhook.url, engine, webhook.options)
    return Bitrix24Crm(
        client,
        engine,
        EmbeddedCrm(engine),
        imports=webhook.imports,
        automation=webhook.automation,
        original=webhook.original,
    )


def rehearsal(kind: str, see: See = lambda _connection, _incoming: None) -> Crm:
    """A CRM that writes nothing, and refuses what the one called `kind` is known to refuse.

    `see` is shown each set that is not refused.
    """
    if kind not in {EMBEDDED, BITRIX24}:
        raise _unknown(kind)

    def foresee(connection: sa.Connection, incoming: Incoming) -> tuple[Incoming, Sequence[Refusal]]:
        left, refused = references.foresee(connection, incoming)
        see(connection, left)
        return left, refused

    return RehearsalCrm(foresee)


def cards(kind: str) -> Cards:
    """Records of the CRM called `kind`, one at a time; a portal's are those of the register that mirrors it."""
    if kind in {EMBEDDED, BITRIX24}:
        return EmbeddedCards()
    raise _unknown(kind)


def fields(kind: str) -> Fields:
    """Fields of requests of the CRM called `kind`; a portal's are those of the register that mirrors it."""
    if kind in {EMBEDDED, BITRIX24}:
        return EmbeddedFields()
    raise _unknown(kind)


def timelines(kind: str) -> Timelines:
    """Timelines, contacts and assignments of the CRM called `kind`; a portal's are those of the register."""
    if kind in {EMBEDDED, BITRIX24}:
        return EmbeddedTimelines()
    raise _unknown(kind)


def catalogue(kind: str) -> Catalogue:
    """The catalogue of the CRM called `kind`; beside a portal's it is our own."""
    if kind in {EMBEDDED, BITRIX24}:
        return EmbeddedCatalogue()
    raise _unknown(kind)


def clients(kind: str) -> Clients:
    """Companies and contacts of the CRM called `kind`; a portal's are those of the register that mirrors it."""
    if kind in {EMBEDDED, BITRIX24}:
        return EmbeddedClients()
    raise _unknown(kind)


def agreements(kind: str) -> Agreements:
    """Services and agreements of the CRM called `kind`; beside a portal's they are our own."""
    if kind in {EMBEDDED, BITRIX24}:
        return EmbeddedAgreements()
    raise _unknown(kind)


def _unknown(kind: str) -> ValueError:
    return ValueError(f"CASELINE_CRM={kind}: no such CRM, or no address for it; use {EMBEDDED} or {BITRIX24}")
