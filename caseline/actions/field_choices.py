"""What may be chosen in the fields of one form, and how what they hold is called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from caseline.actions import setup_at_hand, wiring
from caseline.actions.field_desk import Desk
from caseline.actions.setup_at_hand import Setup
from caseline.actions.wiring import House
from caseline.crm import connect, shown_values
from caseline.crm.field_faults import RUSSIAN
from caseline.crm.field_values import Reader, Value
from caseline.crm.request_fields import RequestField
from caseline.crm.vocabulary import REQUEST, Type
from caseline.listing.stores import labels
from caseline.people import store as people
from caseline.people.access import Viewer
from caseline.people.store import Named

_SEEN: Final = frozenset({"priority", "type", "reason", "channel"})
"""Lists of the register whose values come with imports, as long as no administrator has written them down."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose."""

    value: str
    label: str


class Choices:
    """Each list is asked for once, and only where a field needs it."""

    def __init__(self, desk: Desk, setup: Setup, values: Mapping[str, Value]) -> None:
        self.desk: Final = desk
        self.setup: Final = setup
        self.values: Final = values

    def shown(self, field: RequestField, value: Value) -> str:
        """A value for reading; empty for a reference to what is gone."""
        if field.key == "category":
            return next((one.label for one in self.setup.categories if one.code == value), str(value or ""))
        if field.key == "stage":
            return next((one.label for one in self.setup.stages if one.code == value), str(value or ""))
        if field.type is Type.REFERENCE and field.to and isinstance(value, int):
            return self._names.get((field.to, value), "")
        return shown_values.shown(field, value, self.desk.reader)

    def options(self, field: RequestField, value: Value) -> tuple[Option, ...]:
        """What may be chosen; what a field holds may stay, though it is not offered any more."""
        found = list(self._known(field))
        held = value if isinstance(value, list) else [] if value is None or isinstance(value, bool) else [value]
        if found:
            offered = {one.value for one in found}
            of_one = len(held) == 1
            found += [
                Option(str(one), self.shown(field, value) if of_one else str(one))
                for one in held
                if str(one) not in offered
            ]
        return tuple(found)

    def _known(self, field: RequestField) -> Sequence[Option]:
        if field.key == "category":
            return [Option(one.code, one.label) for one in self.setup.categories if one.active]
        if field.key == "stage":
            return [Option(one.code, one.label) for one in self.setup.stages if not one.closed]
        if field.type is Type.BOOLEAN:
            russian = self.desk.reader.language == RUSSIAN
            return [Option("yes", "да" if russian else "yes"), Option("no", "нет" if russian else "no")]
        if field.to in {"group", "person"}:
            named = self.setup.groups if field.to == "group" else self._persons
            return [Option(str(one.id), one.name) for one in named]
        seen = self._seen.get(field.key, ()) if field.key in _SEEN and not field.choices else ()
        return [Option(one, one) for one in field.choices or seen]

    @cached_property
    def _persons(self) -> list[Named]:
        return people.active_persons(self.desk.connection)

    @cached_property
    def _seen(self) -> Mapping[str, tuple[str, ...]]:
        return labels.in_lists(self.desk.connection, self.desk.viewer)

    @cached_property
    def _names(self) -> Mapping[tuple[str, int], str]:
        wanted: dict[str, list[int]] = {}
        for key, field in self.desk.book.fields.items():
            value = self.values.get(key)
            if field.type is Type.REFERENCE and field.to and isinstance(value, int):
                wanted.setdefault(field.to, []).append(value)
        found = self.desk.fields.names(self.desk.connection, wanted)
        return {key: name for key, name in found.items() if key[0] != REQUEST or self._sees(key[1])}

    def _sees(self, request_id: int) -> bool:
        """Whether the viewer may know of a request that another one points at."""
        found = self.desk.cards.get(self.desk.connection, request_id)
        return found is not None and self.desk.viewer.sees(found.group_id, found.assignee_id)


def of_rules(house: House, viewer: Viewer, reader: Reader) -> dict[str, tuple[Option, ...]]:
    """What conditions of rules may name, by the key of their field; closed stages among it."""
    cards, fields = wiring.intake(house).cards, connect.fields(house.settings.crm)
    with house.engine.connect() as connection:
        setup = setup_at_hand.of(house, connection)
        book = setup.book
        desk = Desk(connection=connection, cards=cards, fields=fields, book=book, viewer=viewer, reader=reader)
        choices = Choices(desk, setup, {})
        found = {key: choices.options(field, None) for key, field in book.fields.items()}
        stages = tuple(Option(one.code, one.label) for one in setup.stages)
    return {key: options for key, options in found.items() if options} | {"stage": stages}
