"""Calls about companies and contacts."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from pydantic import Field

from caseline.actions import keep_clients, see_clients
from caseline.crm import field_values
from caseline.crm.clients import FIELDS, Client, Entity, column
from caseline.crm.field_faults import RUSSIAN, Misread
from caseline.crm.vocabulary import Type
from caseline.people.rights import Right
from caseline.web.api import request_shapes
from caseline.web.api.client_lists import MANY, ContactQuery, Lines, ListQuery, called, listed
from caseline.web.api.endpoint import GREATEST, Call, Endpoint, Key, Model
from caseline.web.api.problems import Wrong, wrong_fields
from caseline.web.api.request_shapes import Kept, Named, SentValues

_NO_FIELD: Final = "there is no such field"
_NO_ID: Final = "send the id of what is meant, or null"
_NO_TEXT: Final = "send a text, or null"


class Shown(Model):
    """A company or a contact."""

    id: int
    version: int
    merged_into: int | None
    """The one that it goes on in."""
    created_at: datetime
    modified_at: datetime
    values: dict[str, Kept]
    extra: dict[str, Kept]


class New(Model):
    """A company or a contact to be made."""

    values: SentValues
    extra: SentValues = Field(default_factory=dict)


class Changes(New):
    """What is to be changed; what is not named stays."""

    version: Key


class Made(Model):
    """What was made or changed."""

    id: int


def _one(entity: Entity) -> Callable[[Call], Shown]:
    def handle(call: Call) -> Shown:
        return _shown(see_clients.shown(call.house, call.viewer, entity, call.id).client)

    return called(handle, f"one_{entity}")


def _shown(client: Client) -> Shown:
    values: dict[str, Kept] = {}
    for one in FIELDS[client.entity]:
        name, value = column(one), client.values[column(one)]
        known = one.type is Type.REFERENCE and value is not None
        values[one.name] = Named(id=value, name=client.names.get(name)) if known else request_shapes.kept(value)
    return Shown(
        id=client.id,
        version=client.version,
        merged_into=client.into_id,
        created_at=client.created_at,
        modified_at=client.modified_at,
        values=values,
        extra={name: request_shapes.kept(value) for name, value in client.extra.items()},
    )


def _made(entity: Entity) -> Callable[[Call], Made]:
    def handle(call: Call) -> Made:
        values, extra = _read(call, entity)
        return Made(id=keep_clients.make(call.house, call.viewer, entity, values, extra, call.now))

    return called(handle, f"make_{entity}")


def _changed(entity: Entity) -> Callable[[Call], Shown]:
    def handle(call: Call) -> Shown:
        values, extra = _read(call, entity)
        seen = (entity, call.id, call.body.version)
        return _shown(keep_clients.change(call.house, call.viewer, seen, values, extra, call.now))

    return called(handle, f"change_{entity}")


def _read(call: Call, entity: Entity) -> tuple[dict[str, Any], dict[str, Any]]:
    """(core values by column, extra ones by name) as they were sent."""
    wrong: list[Wrong] = []
    values = dict(_core(entity, call.body.values, wrong))
    extra: dict[str, Any] = {}
    fields = {one.name: one for one in see_clients.extra_fields(call.house, entity) if one.type is not Type.REFERENCE}
    for name, given in request_shapes.given(call.body.extra).items():
        if name not in fields:
            wrong.append(Wrong(f"extra.{name}", _NO_FIELD))
            continue
        try:
            extra[name] = field_values.read(fields[name], given, call.reader)
        except Misread as error:
            wrong.append(Wrong(f"extra.{name}", error.words()[call.texts.language == RUSSIAN]))
    if wrong:
        raise wrong_fields(wrong)
    return values, extra


def _core(entity: Entity, sent: Mapping[str, Any], wrong: list[Wrong]) -> Iterator[tuple[str, Any]]:
    fields = {one.name: one for one in FIELDS[entity]}
    for name, value in sent.items():
        one = fields.get(name)
        number = type(value) is int and 1 <= value <= GREATEST
        if one is None:
            wrong.append(Wrong(name, _NO_FIELD))
        elif one.type is Type.REFERENCE and value is not None and not number:
            wrong.append(Wrong(name, _NO_ID))
        elif one.type is not Type.REFERENCE and value is not None and not isinstance(value, str):
            wrong.append(Wrong(name, _NO_TEXT))
        else:
            yield column(one), value


def _endpoints(entity: Entity) -> Iterator[Endpoint]:
    home, query = f"/{MANY[entity]}", ListQuery if entity is Entity.COMPANY else ContactQuery
    one, tag, conflict = f"{home}/{{id:key}}", MANY[entity], (HTTPStatus.CONFLICT,)
    sees, works = Right.SEE_REQUESTS, Right.WORK_REQUESTS
    told = MANY[entity].capitalize()
    yield Endpoint(
        method="GET", path=home, handle=listed(entity), summary=told, answer=Lines, needs=sees, query=query, tag=tag
    )
    yield Endpoint(
        method="GET", path=one, handle=_one(entity), summary=f"A {entity}", answer=Shown, needs=sees, tag=tag
    )
    yield Endpoint(
        method="POST",
        path=home,
        handle=_made(entity),
        summary=f"Make a {entity}",
        answer=Made,
        needs=works,
        body=New,
        status=HTTPStatus.CREATED,
        tag=tag,
    )
    yield Endpoint(
        method="PATCH",
        path=one,
        handle=_changed(entity),
        summary=f"Change a {entity}",
        answer=Shown,
        needs=works,
        body=Changes,
        problems=conflict,
        tag=tag,
    )


ENDPOINTS: Final = (*_endpoints(Entity.COMPANY), *_endpoints(Entity.CONTACT))
