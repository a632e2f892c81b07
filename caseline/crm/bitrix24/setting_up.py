"""Makes a portal ready for an import: user fields, stages, and the bond between the portal and this database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa

from caseline.crm.bitrix24 import book, places, schema
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.faults import PortalStopped
from caseline.crm.bitrix24.mirror import Mirror
from caseline.crm.bitrix24.schema import Clash, Lack
from caseline.crm.bitrix24.shapes import Shapes
from caseline.crm.port import Definitions
from caseline.crm.vocabulary import REQUEST

TRIES: Final = 6
_STAGE: Final = "STATUS_ID"
Listed = Mapping[tuple[str, str, bool], frozenset[str]]
"""Values of lists by (entity, field, whether it is an extra field)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be made in the portal, and what stands in the way."""

    lacks: tuple[Lack, ...]
    clashes: tuple[Clash, ...]
    stages: dict[str, str]
    """The portal's code for each stage."""


@dataclass(frozen=True)
class SettingUp:
    """See `Crm.prepare`."""

    portal: Portal
    mirror: Mirror
    shapes: Shapes

    def prepare(self, connection: sa.Connection, definitions: Definitions) -> None:
        """Make what lacks; a second time there is nothing to do."""
        self.tie(connection)
        self.mirror.crm.prepare(connection, definitions)
        book.alone(connection, self.portal.key)
        self._forget_what_is_gone(connection)
        self.provide(connection, definitions)

    def provide(self, connection: sa.Connection, definitions: Definitions, listed: Listed | None = None) -> Plan:
        """Make what the plan names; answers the first plan. Lost answers are asked for again by planning anew."""

        def planned() -> Plan:
            return self.plan(connection, definitions, listed)

        first, last = made(self.portal, planned)
        book.keep_choices(connection, "request", {(_STAGE, code): word for code, word in last.stages.items()})
        self.shapes.forget()
        return first

    def plan(self, connection: sa.Connection, definitions: Definitions, listed: Listed | None = None) -> Plan:
        """What lacks for these definitions, the fields that the register knows already, and the values of lists."""
        lacks: list[Lack] = []
        clashes: list[Clash] = []
        for entity in places.TYPE_IDS:
            placed, there = self.placed(connection, entity, definitions), schema.fields(self.portal, entity)
            values = _by_field(entity, placed, listed or {})
            found = schema.lacking_fields(entity, placed, there, values)
            lacks += [*found[0], *schema.lacking_items(entity, there, values)]
            clashes += found[1]
        known = {value: word for (name, value), word in book.choices(connection, "request").items() if name == _STAGE}
        stages = schema.stage_words(definitions.stages, known)
        there = schema.statuses(self.portal, schema.STAGES)
        lacks += schema.lacking_stages(definitions.stages, stages, there)
        if channels := (listed or {}).get(("request", "channel", False)):
            lacks += schema.lacking_sources(channels, schema.statuses(self.portal, schema.SOURCES))
        return Plan(tuple(lacks), tuple(clashes), stages)

    def _forget_what_is_gone(self, connection: sa.Connection) -> None:
        """Somebody may have deleted list items and sources: the portal drops their old words without a word."""
        for entity in places.TYPE_IDS:
            known = {pair: word for pair, word in book.choices(connection, entity).items() if pair[0] != _STAGE}
            if known:
                there = schema.words_there(self.portal, entity)
                gone = [pair for pair, word in known.items() if word not in there.get(pair[0], ())]
                book.forget_choices(connection, entity, gone)

    def placed(self, connection: sa.Connection, entity: str, definitions: Definitions) -> Sequence[places.Place]:
        """Where the fields of these definitions, and those that the register knows, lie in the portal."""
        new = [(name, kind, label) for to, name, kind, label in definitions.fields if to == entity]
        known = self.mirror.extras(connection, entity)
        house = places.HOUSE if entity == REQUEST else ()
        return (*places.core(entity), *house, *places.extras({one[0]: one for one in (*new, *known)}.values()))

    def tie(self, connection: sa.Connection) -> None:
        """Bind this database to the portal; `PortalStopped` when it cannot be."""
        self.refuse_others(connection)
        book.tie(connection, self.portal.key, now=datetime.now(UTC))

    def refuse_others(self, connection: sa.Connection) -> None:
        """`PortalStopped` when this database belongs to another portal, or to none and holds records."""
        bonded = book.bonded(connection)
        if bonded is None and not self.mirror.empty(connection):
            raise PortalStopped(
                "this database holds a register of its own, and a portal needs one that mirrors it: name another home"
                " (CASELINE_HOME) or another database (CASELINE_DATABASE_URL)"
            )
        if bonded not in (None, self.portal.key):
            raise PortalStopped(
                "this database belongs to another portal: name another home (CASELINE_HOME) or another database"
                " (CASELINE_DATABASE_URL), or correct CASELINE_BITRIX24_URL"
            )


def made(portal: Portal, planned: Callable[[], Plan]) -> tuple[Plan, Plan]:
    """Make what a plan names until nothing lacks; (the first plan, the last one).

    What was refused because an answer was lost that had made it, the next plan does not name any more.
    """
    first = plan = planned()
    for attempt in range(TRIES):
        if plan.clashes:
            told = "; ".join(f"{one.entity} {one.name} {one.text}" for one in plan.clashes[:5])
            raise PortalStopped(f"fields of the portal stand in the way: {told}")
        if not plan.lacks:
            return first, plan
        if attempt:
            portal.options.sleep(min(portal.options.ceiling, 2.0**attempt))
        refused = schema.make(portal, plan.lacks)
        plan = planned()
        left = {(lack.entity, lack.kind, lack.name) for lack in plan.lacks}
        schema.refuse([one for one in refused if (one[0].entity, one[0].kind, one[0].name) in left])
    if plan.lacks:
        raise PortalStopped(f"the portal does not keep {plan.lacks[0].kind} {plan.lacks[0].name}: make it there")
    return first, plan


def _by_field(entity: str, placed: Sequence[places.Place], listed: Listed) -> dict[str, frozenset[str]]:
    """Values by the portal's name of their field."""
    found = {place.portal: listed.get((entity, place.field, place.extra)) for place in placed if place.user_field}
    return {name: values for name, values in found.items() if values}
