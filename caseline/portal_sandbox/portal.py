"""The state of a portal that all methods share."""

import secrets
from typing import TYPE_CHECKING, Final

from caseline.portal_sandbox import catalogue, moments
from caseline.portal_sandbox.catalogue import Kind
from caseline.portal_sandbox.fields import MULTIFIELDS, Field, Schema
from caseline.portal_sandbox.multifields import Numbers
from caseline.portal_sandbox.options import Options
from caseline.portal_sandbox.php import Params
from caseline.portal_sandbox.store import Store, Table

if TYPE_CHECKING:
    from collections.abc import Callable

FINAL: Final = {"S", "F"}


class Portal:
    """Records, fields, lists, letters and events of one portal."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.clock = options.clock
        self.store = Store(options.store)
        self.schemas: dict[str, Schema] = catalogue.schemas()
        self.code: str = options.code or self.store.noted("code") or secrets.token_hex(8)
        if self.store.noted("code") != self.code:
            self.store.note("code", self.code)
        self.on_event: Callable[[str, int], None] | None = None
        """What takes events for an outgoing webhook."""
        self.multi = Numbers(0)
        self.newest: dict[str, str] = {}
        """The latest DATE_CREATE of each kind."""
        self.semantics: dict[tuple[str, str], str] = {}
        """P, S or F of each stage of a list."""
        self._begin()

    def _begin(self) -> None:
        lists = self.store.table("status")
        for row in () if lists.ids else catalogue.statuses():
            lists.add(row)
        self.recall_stages()
        for row in self.store.table("userfield").rows.values():
            self.schemas[row["KIND"]].add(own_field(row))
        for kind in catalogue.KINDS:
            rows = self.table(kind).rows.values()
            self.newest[kind.name] = max((row["DATE_CREATE"] for row in rows), default="")
            for record in rows:
                items: list[Params] = [item for field in MULTIFIELDS for item in record.get(field, ())]
                self.multi.last = max([self.multi.last, *(int(item["ID"]) for item in items)])

    def recall_stages(self) -> None:
        """Know the stages as the lists have them now."""
        rows = self.store.table("status").rows.values()
        self.semantics = {(row["ENTITY_ID"], row["STATUS_ID"]): row["SEMANTICS"] or "P" for row in rows}

    def table(self, kind: Kind) -> Table:
        """The records of a kind."""
        return self.store.table(kind.name)

    def schema(self, kind: Kind) -> Schema:
        """The fields of a kind."""
        return self.schemas[kind.name]

    def now(self) -> str:
        """The moment as it is kept."""
        return moments.shown(self.clock())

    def event(self, name: str, number: int) -> None:
        """Something has happened to a record."""
        self.store.table("event").add({"EVENT": name, "RECORD": str(number), "AT": self.now()})
        if self.on_event is not None:
            self.on_event(name, number)

    def letter(self, **said: str) -> None:
        """A letter has left for somebody outside."""
        self.store.table("letter").add({**said, "AT": self.now()})


def own_field(row: Params) -> Field:
    """The field that a row of the user fields describes."""
    return Field(
        row["FIELD_NAME"],
        row["USER_TYPE_ID"],
        row["EDIT_FORM_LABEL"],
        required=row["MANDATORY"] == "Y",
        multiple=row["MULTIPLE"] == "Y",
        dynamic=True,
        items=tuple((item["ID"], item["VALUE"]) for item in row.get("LIST", ())),
    )
