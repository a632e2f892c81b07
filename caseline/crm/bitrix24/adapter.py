"""A Bitrix24 portal behind the port: written exactly once, and mirrored in the register so that the house can count."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm.bitrix24 import comments, own_dates
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.comparing import Comparing
from caseline.crm.bitrix24.guard import Guard
from caseline.crm.bitrix24.items import found_by_origin, value_of
from caseline.crm.bitrix24.mirror import Mirror, Register
from caseline.crm.bitrix24.naming import Naming
from caseline.crm.bitrix24.packing import Packing
from caseline.crm.bitrix24.places import TYPE_IDS
from caseline.crm.bitrix24.reading import Reading
from caseline.crm.bitrix24.removal import Removal
from caseline.crm.bitrix24.setting_up import SettingUp
from caseline.crm.bitrix24.shapes import Shapes
from caseline.crm.bitrix24.strangers import Strangers
from caseline.crm.bitrix24.tools import Tools
from caseline.crm.bitrix24.withdrawing import Withdrawing
from caseline.crm.bitrix24.writing import Writing
from caseline.crm.port import Definitions, Incoming, Known, NotOffered, Outcome, Taken, Withdrawn

NAME: Final = "Bitrix24"
OF_THE_HOUSE: Final = frozenset({"person", "group", "history", "service", "agreement"})
"""What a portal does not take: it would invite persons by mail, and knows no groups and no foreign histories."""
MESSAGE: Final = "message"


class Bitrix24Crm:
    """`caseline.crm.port.Crm` over the REST methods of a portal. Requests are its leads, messages their comments."""

    shares_transaction = False
    at_once = 700
    """35 commands of 20 imports, and 14 that ask for what has come of them, fill a batch of 50."""

    def __init__(
        self,
        portal: Portal,
        engine: sa.Engine,
        register: Register,
        *,
        imports: bool = True,
        automation: bool = False,
        original: bool = False,
    ) -> None:
        """`imports`: by the methods for imports, which start no robots; otherwise by those that add.

        `automation`: writes may start robots and workflows of the portal. `original`: new records get their original
        dates as the portal's own, as far as these rise.
        """
        self.in_order = original
        self.portal = portal
        self._mirror = Mirror(engine, register)
        self._shapes = Shapes(portal, self._mirror)
        naming = Naming(engine, portal, self._mirror, self._shapes)
        self.tools = Tools(portal, self._mirror, self._shapes, naming)
        self._reading = Reading(portal, self._mirror, self._shapes, naming)
        self.packing = Packing(portal, self._shapes, naming, Guard(portal, automation), imports, original)
        strangers = Strangers(portal)
        self._writing = Writing(portal, self._mirror, self._shapes, naming, self._reading, self.packing, strangers)
        self.comparing = Comparing(portal, self._mirror, self._shapes, naming)
        self._removal = Removal(portal, self._mirror, self._reading)
        self._withdrawing = Withdrawing(self._mirror, self._shapes)
        self.setting_up = SettingUp(portal, self._mirror, self._shapes)

    def prepare(self, connection: sa.Connection, definitions: Definitions) -> None:
        """See the port. Raises `PortalStopped` when the portal can have no original dates, and shall."""
        if self.in_order:
            own_dates.refuse(self.portal, imports=self.packing.imports)
        self.setting_up.prepare(connection, definitions)

    def mint(self, entity: str) -> sa.ColumnElement[int]:
        """Not offered: the portal gives its ids itself."""
        raise NotOffered(NAME, f"ids for a {entity} that is still to come", "write it, and the portal gives one")

    def take_in(self, connection: sa.Connection, incoming: Incoming) -> Taken:
        """Not offered: a portal has no part in our transaction."""
        del connection
        raise NotOffered(NAME, f"a place in our transaction ({incoming.entity})", "use `write`")

    def write(
        self, entity: str, source: str, records: Sequence[Mapping[str, Any]], *, overwrite: bool = False
    ) -> list[Outcome]:
        """See the port. Raises `PortalStopped` when somebody has to act first."""
        if entity in OF_THE_HOUSE:
            return self._mirror.write(entity, source, records, overwrite=overwrite)
        return self._writing.write(entity, source, records, overwrite=overwrite)

    def look_up(self, entity: str, source: str, origins: Sequence[str]) -> list[Known]:
        """See the port. What the register does not know of the portal yet has version 1."""
        known = self._mirror.crm.look_up(entity, source, origins)
        if entity in OF_THE_HOUSE:
            return known
        left = sorted(set(origins) - {one.origin for one in known})
        return [*known, *(Known(origin, number, 1) for origin, number in self._found(entity, source, left).items())]

    def _found(self, entity: str, source: str, origins: Sequence[str]) -> dict[str, int]:
        if not origins:
            return {}
        if entity == MESSAGE:
            # Only what we may have sent can be there, and of that we know whose timeline it went to.
            owners = self._writing.owners(entity, source, origins)
            return comments.Comments(self.portal, source).find(owners) if owners else {}
        return found_by_origin(self.portal, entity, source, origins)

    def read(self, entity: str, source: str | None, origins: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """See the port."""
        if entity in OF_THE_HOUSE:
            return self._mirror.crm.read(entity, source, origins)
        return self._reading.read(entity, source, origins)

    def edited(self, entity: str, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """See the port: what the portal has otherwise than the register is edited, too."""
        here = set(self._mirror.crm.edited(entity, pairs))
        if entity in OF_THE_HOUSE:
            return sorted(here)
        left = [number for number, _version in pairs if number not in here]
        return sorted(here | {number for number, fields in self._reading.edited(entity, left).items() if fields})

    def delete(self, entity: str, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """See the port."""
        if entity in OF_THE_HOUSE:
            return self._mirror.crm.delete(entity, pairs)
        return self._removal.delete(entity, pairs)

    def withdraw(self, entity: str, source: str, origins: Sequence[str]) -> Withdrawn:
        """See the port."""
        return Withdrawn() if entity in OF_THE_HOUSE else self._withdrawing.withdraw(entity, source, origins)

    def count(self) -> dict[str, dict[str | None, int]]:
        """See the port; messages and what the house keeps by itself are counted in the register."""
        counts = self._mirror.crm.count()
        for entity, type_id in TYPE_IDS.items():
            sources = [source for source in counts.get(entity, {}) if source is not None]
            asked = {f"of{n}": _counting(type_id, {"=originatorId": source}) for n, source in enumerate(sources)}
            answers = self.portal.read_many({"all": _counting(type_id, {}), **asked})
            found: dict[str | None, int] = {source: _total(answers[f"of{n}"]) for n, source in enumerate(sources)}
            others = _total(answers["all"]) - sum(found.values())
            counts[entity] = found | ({None: others} if others else {})
        return counts


def _counting(type_id: int, where: Mapping[str, Any]) -> Call:
    return Call("crm.item.list", {"entityTypeId": type_id, "filter": where, "select": ["id"], "start": 0})


def _total(answer: Any) -> int:  # noqa: ANN401 - what `value_of` takes
    value_of(answer)
    return int(answer.total or 0)
