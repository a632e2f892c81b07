"""How requests look in the API, and how values that programs send are read."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from caseline.actions import show_request
from caseline.actions.read_request import Held
from caseline.crm import field_files
from caseline.crm.cards import Deadline
from caseline.crm.field_values import Given
from caseline.crm.vocabulary import Type
from caseline.listing.row import Row
from caseline.web.api.endpoint import Call, Model, Text
from caseline.web.api.set_up_calls import Stage


class Named(Model):
    """What a reference points at; the name of another request is not told."""

    id: int
    name: str | None


Kept = Named | datetime | list[str] | bool | int | float | str | None
"""A value of a field."""
Sent = Text | bool | int | float | Annotated[list[Text], Field(max_length=1_000)] | None
"""A value that a program sends: references by id or exact name, times as 2026-03-31T11:30:00Z; null empties a field."""
SentValues = Annotated[
    dict[Text, Sent],
    Field(max_length=1_000, description="By keys of fields; `GET /fields` tells them.", examples=[{"subject": "Pump"}]),
]


class Due(Model):
    """The deadline of a request."""

    due_at: datetime
    warn_at: datetime
    stopped_at: datetime | None
    overdue: bool


class RequestShown(Model):
    """A request."""

    id: int
    version: int
    number: str | None
    open: bool
    stage: Stage
    category_by: str | None
    created_at: datetime
    closed_at: datetime | None
    deadline: Due | None
    values: dict[str, Kept]


class Line(Model):
    """A request in a list; codes are told by their labels, as tables show them."""

    id: int
    version: int
    closed: bool
    values: dict[str, Kept]


def given(sent: Mapping[str, Sent]) -> dict[str, Given]:
    """Values as somebody would have typed them."""
    return {key: _given(value) for key, value in sent.items()}


def _given(value: Sent) -> Given:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{Decimal(repr(value)):f}"
    return value


def kept(value: Any) -> Kept:  # noqa: ANN401 - whatever an import has brought
    """A value of a field for an answer; files by what tells those that stay when it is sent back."""
    if isinstance(value, list):
        if files := field_files.held(value):
            return [one.token for one in files]
        return [str(one) for one in value]
    return value if value is None or isinstance(value, datetime | bool | int | float | str) else str(value)


def shown(call: Call, held: Held) -> RequestShown:
    """A request with all that it holds."""
    card = held.card
    values: dict[str, Kept] = {}
    for key, one in held.fields.items():
        value = held.values.get(key)
        if one.type is Type.REFERENCE and isinstance(value, int):
            values[key] = Named(id=value, name=held.names.get((one.to or "", value)))
        else:
            values[key] = kept(value)
    stage = card.stage
    return RequestShown(
        id=card.id,
        version=card.version,
        number=card.number,
        open=card.open,
        stage=Stage(code=stage.code, label=stage.label, closed=stage.closed, pauses=stage.pauses),
        category_by=card.category_by,
        created_at=card.created_at,
        closed_at=card.closed_at,
        deadline=_due(card.deadline, overdue=show_request.overdue(card, now=call.now)),
        values=values,
    )


def _due(deadline: Deadline | None, *, overdue: bool) -> Due | None:
    if deadline is None:
        return None
    return Due(due_at=deadline.due_at, warn_at=deadline.warn_at, stopped_at=deadline.stopped_at, overdue=overdue)


def line(row: Row) -> Line:
    """A request of a list."""
    values: dict[str, Kept] = {}
    for key, value in row.values.items():
        if key == "description":
            continue
        if key in row.targets:
            values[key] = Named(id=row.targets[key], name=None if key == "parent" else str(value))
        else:
            values[key] = kept(value)
    return Line(id=row.id, version=row.version, closed=row.stage_closed, values=values)
