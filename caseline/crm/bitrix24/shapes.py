"""The places of an entity in a portal, with the portal's names for them; found out once and again after a change."""

from dataclasses import dataclass, field

import sqlalchemy as sa

from caseline.crm.bitrix24 import places, schema
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.items import Names
from caseline.crm.bitrix24.mirror import Mirror
from caseline.crm.bitrix24.places import Place


@dataclass(frozen=True, slots=True)
class Shape:
    """How an entity looks in the portal."""

    places: tuple[Place, ...]
    names: Names


@dataclass(frozen=True)
class Shapes:
    """Shapes by entity."""

    portal: Portal
    mirror: Mirror
    _kept: dict[str, Shape] = field(default_factory=dict)

    def of(self, entity: str) -> Shape:
        """The shape; asks database and portal the first time only."""
        if entity not in self._kept:
            with self.mirror.engine.connect() as connection:
                found = self.placed(connection, entity)
            names = schema.names(self.portal, places.TYPE_IDS[entity])
            self._kept[entity] = Shape(found, Names(names))
        return self._kept[entity]

    def placed(self, connection: sa.Connection, entity: str) -> tuple[Place, ...]:
        """The places as the fields are defined in this transaction."""
        return (*places.core(entity), *places.extras(self.mirror.extras(connection, entity)))

    def forget(self) -> None:
        """Fields have changed."""
        self._kept.clear()
