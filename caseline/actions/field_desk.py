"""What the fields of a request are read and shown by, for one person within one transaction."""

from dataclasses import dataclass

import sqlalchemy as sa

from caseline.crm import field_values
from caseline.crm.card_port import Cards
from caseline.crm.field_port import Book, Fields
from caseline.crm.field_values import Reader, Value
from caseline.crm.request_fields import RequestField
from caseline.crm.vocabulary import REQUEST
from caseline.people.access import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What typing is read by, within one transaction."""

    connection: sa.Connection
    cards: Cards
    fields: Fields
    book: Book
    viewer: Viewer
    reader: Reader

    def text(self, field: RequestField, value: Value) -> str:
        """A value as a control holds it: empty where it points at a request that the viewer may not know of."""
        return "" if self.hides(field, value) else field_values.text(field, value, self.reader)

    def hides(self, field: RequestField, value: Value) -> bool:
        """Whether a field points at a request that the viewer may not know of."""
        if field.to != REQUEST or not isinstance(value, int) or self.viewer.sees(None, None):
            return False
        card = self.cards.get(self.connection, value)
        return card is not None and not self.viewer.sees(card.group_id, card.assignee_id)
