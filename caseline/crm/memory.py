"""CRMs that keep nothing beyond the process: one for rehearsals, one that behaves like a CRM over the network."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm.port import Definitions, Incoming, Known, NotOffered, Outcome, Refusal, Taken, Withdrawn

_MEMORY: Final = "a CRM in memory"
Foresee = Callable[[sa.Connection, Incoming], tuple[Incoming, Sequence[Refusal]]]
"""What would be left of a set, and what of it the real CRM would refuse."""


class RehearsalCrm:
    """Agrees to what `foresee` does not refuse, and writes nothing: the CRM of a dry run."""

    shares_transaction = True
    at_once = 50
    in_order = False

    def __init__(self, foresee: Foresee = lambda _connection, incoming: (incoming, [])) -> None:
        self._foresee = foresee

    def prepare(self, connection: sa.Connection, definitions: Definitions) -> None:
        """Nothing to prepare."""
        del connection, definitions

    def mint(self, entity: str) -> sa.ColumnElement[int]:
        """Any number will do, as long as no other record of the run has it: 62 random bits."""
        del entity
        return sa.cast(sa.func.random() * float(2**62), sa.BigInteger)

    def take_in(self, connection: sa.Connection, incoming: Incoming) -> Taken:
        """What is not refused is fine."""
        left, refused = self._foresee(connection, incoming)
        return Taken(left.expected - left.changed, left.changed, refused=tuple(refused))

    def write(
        self, entity: str, source: str, records: Sequence[Mapping[str, Any]], *, overwrite: bool = False
    ) -> list[Outcome]:
        """Not offered: it takes in sets."""
        del overwrite
        raise NotOffered("a rehearsal", f"records one by one ({entity} of {source}, {len(records)})", "use `take_in`")

    def look_up(self, entity: str, source: str, origins: Sequence[str]) -> list[Known]:
        """Nothing is ever there."""
        del entity, source, origins
        return []

    def read(self, entity: str, source: str | None, origins: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """Nothing is ever there."""
        del entity, source, origins
        return iter(())

    def edited(self, entity: str, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """Nothing is ever there."""
        del entity, pairs
        return []

    def delete(self, entity: str, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """Nothing is ever there."""
        del entity, pairs
        return []

    def withdraw(self, entity: str, source: str, origins: Sequence[str]) -> Withdrawn:
        """Nothing is ever there."""
        del entity, source, origins
        return Withdrawn()

    def count(self) -> dict[str, dict[str | None, int]]:
        """Nothing is ever there."""
        return {}


class MemoryCrm:
    """A CRM over an interface of its own: not in our transaction, each record written by itself.

    `fault` is called before and after each record is written, with ("before" | "after", record); what it raises ends
    the call there, as a lost connection would. Tests use it to lose answers.
    """

    shares_transaction = False
    at_once = 50
    in_order = False

    def __init__(self, fault: Callable[[str, Mapping[str, Any]], None] = lambda _when, _record: None) -> None:
        self._fault = fault
        self._lock = threading.Lock()
        self._records: dict[str, dict[int, dict[str, Any]]] = {}
        self._last = 0

    def prepare(self, connection: sa.Connection, definitions: Definitions) -> None:
        """Nothing to prepare: any field is welcome."""
        del connection, definitions

    def mint(self, entity: str) -> sa.ColumnElement[int]:
        """Not offered: it gives its ids itself."""
        raise NotOffered(_MEMORY, f"ids for a {entity} that is still to come", "write it, and it gets one")

    def take_in(self, connection: sa.Connection, incoming: Incoming) -> Taken:
        """Not offered: it has no part in our transaction."""
        del connection
        raise NotOffered(_MEMORY, f"a place in our transaction ({incoming.entity})", "use `write`")

    def write(
        self, entity: str, source: str, records: Sequence[Mapping[str, Any]], *, overwrite: bool = False
    ) -> list[Outcome]:
        """See the port. As careless as the real ones: the same origin twice makes two records."""
        outcomes = []
        for record in records:
            self._fault("before", record)
            outcomes.append(self._write(entity, source, record, overwrite=overwrite))
            self._fault("after", record)
        return outcomes

    def _write(self, entity: str, source: str, record: Mapping[str, Any], *, overwrite: bool) -> Outcome:
        with self._lock:
            kept = self._records.setdefault(entity, {})
            known = kept.get(record["crm_id"] or 0)
            if record["crm_id"] is not None and known is None:
                return Outcome(record["ref"], None, code="EDITED_SINCE", text="deleted in the CRM")
            if known is not None and not overwrite and known["version"] != record["version"]:
                return Outcome(record["ref"], None, code="EDITED_SINCE", text="changed in the CRM since the import")
            self._last += 1
            number = record["crm_id"] or self._last
            version = 1 if known is None else known["version"] + 1
            fields = {
                name: value for name, value in record.items() if name not in {"ref", "crm_id", "is_new", "version"}
            }
            kept[number] = {**fields, "id": number, "source": source, "version": version}
            return Outcome(record["ref"], number, version)

    def look_up(self, entity: str, source: str, origins: Sequence[str]) -> list[Known]:
        """See the port."""
        wanted = set(origins)
        return [
            Known(record["origin"], record["id"], record["version"])
            for record in self._records.get(entity, {}).values()
            if record["source"] == source and record["origin"] in wanted
        ]

    def read(self, entity: str, source: str | None, origins: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """See the port."""
        for record in list(self._records.get(entity, {}).values()):
            if source in {None, record["source"]} and (origins is None or record["origin"] in origins):
                yield dict(record)

    def edited(self, entity: str, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """See the port."""
        kept = self._records.get(entity, {})
        return [number for number, version in pairs if number in kept and kept[number]["version"] != version]

    def delete(self, entity: str, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """See the port; references are not watched here."""
        kept = self._records.get(entity, {})
        gone = [number for number, version in pairs if number in kept and kept[number]["version"] == version]
        for number in gone:
            del kept[number]
        return gone

    def withdraw(self, entity: str, source: str, origins: Sequence[str]) -> Withdrawn:
        """Whatever was written can be read at once."""
        del entity, source, origins
        return Withdrawn()

    def count(self) -> dict[str, dict[str | None, int]]:
        """See the port."""
        counts: dict[str, dict[str | None, int]] = {}
        for entity, kept in self._records.items():
            for record in kept.values():
                by_source = counts.setdefault(entity, {})
                by_source[record["source"]] = by_source.get(record["source"], 0) + 1
        return counts
