"""Fields of requests in the embedded register, behind their port."""

from collections.abc import Mapping

import sqlalchemy as sa

from caseline.crm.cards import Card, Deed
from caseline.crm.embedded.stores import field_definitions, field_rules, records, request_values, stamps, violations
from caseline.crm.field_port import Book
from caseline.crm.field_rules import Rule
from caseline.crm.field_values import Value


class EmbeddedFields:
    """`caseline.crm.field_port.Fields` over our own tables."""

    stamp = staticmethod(stamps.stamp)
    requires = staticmethod(field_rules.requires)
    ways = staticmethod(field_rules.ways)
    put_rule = staticmethod(field_rules.put_rule)
    drop_rule = staticmethod(field_rules.drop_rule)
    put_ways = staticmethod(field_rules.put_ways)
    put_section = staticmethod(field_definitions.put_section)
    drop_section = staticmethod(field_definitions.drop_section)
    put_field = staticmethod(field_definitions.put)
    drop_field = staticmethod(field_definitions.drop)
    uses = staticmethod(field_definitions.uses)
    values = staticmethod(request_values.of)
    columns = staticmethod(request_values.new_columns)
    held = staticmethod(request_values.held)
    names = staticmethod(request_values.names)
    targets = staticmethod(request_values.targets)
    violate = staticmethod(violations.put)
    violated = staticmethod(violations.of)
    violate_all = staticmethod(violations.put_all)
    forget_closed = staticmethod(violations.forget_closed)
    open_ids = staticmethod(violations.open_ids)
    newest_open = staticmethod(violations.newest_open)

    def book(self, connection: sa.Connection) -> Book:
        """See the port."""
        fields = field_definitions.of_requests(connection)
        return Book(
            {one.key: one for one in fields}, field_definitions.sections(connection), field_rules.rules(connection)
        )

    def all_rules(self, connection: sa.Connection) -> tuple[Rule, ...]:
        """See the port."""
        return field_rules.rules(connection, all_of_them=True)

    def lock(self, connection: sa.Connection, record_id: int) -> None:
        """See the port."""
        records.hold(connection, [record_id])

    def write(self, connection: sa.Connection, card: Card, values: Mapping[str, Value], deed: Deed) -> Card | None:
        """See the port."""
        if not records.write(connection, card, request_values.changed_columns(values), deed):
            return None
        records.tell(connection, card.id, deed)
        return records.get(connection, card.id)
