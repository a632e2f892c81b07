"""The form in which companies and contacts are made and changed; of two who edit the second sees the difference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from caseline.actions import keep_clients, see_clients
from caseline.crm.cards import Refused
from caseline.crm.clients import FIELDS, LONGEST, Client, Entity, column
from caseline.crm.port import NotOffered
from caseline.crm.refusals import Overtaken
from caseline.crm.vocabulary import Field, Type
from caseline.web.desk import client_extra, client_words, refusal_words
from caseline.web.desk.page import Handler
from caseline.web.desk.visit import SEE_OTHER, Visit, whole

_CLIENTS: Final = {one.value for one in Entity}


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A field of the form."""

    name: str
    label: str
    value: str
    required: bool
    to: str | None
    """What is chosen: a company, a person; None: text is typed."""
    theirs: str | None
    """What somebody else has written meanwhile, where it is something else."""
    wide: bool


def form(entity: Entity) -> Handler:
    """The empty form, or that of a client."""

    def handle(visit: Visit) -> Response:
        client_id = visit.request.path_params.get("client")
        if client_id is None:
            given = {"company_id": visit.number("company"), "name": visit.text("name")[:LONGEST]}
            return _page(visit, entity, None, given)
        client = see_clients.shown(visit.house, visit.viewer, entity, client_id).client
        if client.into_id is not None:
            return RedirectResponse(f"{client_words.of(entity).path}/{client.into_id}/edit", SEE_OTHER)
        return _page(visit, entity, client, client.values)

    return handle


def written(entity: Entity) -> Handler:
    """Make a client, or change one."""

    def handle(visit: Visit) -> Response:
        client_id = visit.request.path_params.get("client")
        values = {column(one): _typed(visit, one) for one in FIELDS[entity]}
        client = see_clients.shown(visit.house, visit.viewer, entity, client_id).client if client_id else None
        extra, faults = client_extra.typed(visit, see_clients.extra_fields(visit.house, entity), client)
        try:
            if faults:
                return _page(visit, entity, client, values, problem=Refused("; ".join(faults)))
            if client_id is None:
                number = keep_clients.make(visit.house, visit.viewer, entity, values, extra, visit.now)
            else:
                seen = (entity, client_id, visit.number("version") or 0)
                number = keep_clients.change(visit.house, visit.viewer, seen, values, extra, visit.now).id
        except Overtaken as error:
            return _page(visit, entity, client, values, problem=error, theirs=True)
        except (Refused, NotOffered) as error:
            return _page(visit, entity, client, values, problem=error)
        return visit.go(f"{client_words.of(entity).path}/{number}", notice="saved")

    return handle


def _page(
    visit: Visit,
    entity: Entity,
    client: Client | None,
    values: Mapping[str, Any],
    *,
    problem: Exception | None = None,
    theirs: bool = False,
) -> Response:
    persons = see_clients.persons(visit.house)
    return visit.page(
        "clients/form.html",
        status=200 if problem is None else 409 if theirs else 422,
        entity=entity,
        words=client_words.of(entity),
        client=client,
        # Who was overtaken saves over what he has been shown; who made a slip has seen no newer one.
        version=(visit.text("version") if problem and not theirs else client.version) if client else 0,
        controls=[_control(visit, entity, one, client if theirs else None, values) for one in FIELDS[entity]],
        extra=client_extra.controls(visit, see_clients.extra_fields(visit.house, entity), client),
        persons=_offered(persons, client),
        problem=refusal_words.said(visit.texts, problem) if problem else "",
    )


def _offered(persons: Sequence[tuple[int, str]], client: Client | None) -> list[tuple[int, str]]:
    """Persons to choose from, with the one of now who may have left."""
    owner = client.values["owner_id"] if client else None
    if client is None or owner is None or owner in dict(persons):
        return list(persons)
    return [(owner, client.names.get("owner_id", str(owner))), *persons]


def _control(visit: Visit, entity: Entity, one: Field, theirs: Client | None, values: Mapping[str, Any]) -> Control:
    name = column(one)
    value = values.get(name)
    other = None
    if theirs is not None and (theirs.values[name] or "") != ("" if value is None else value):
        other = client_words.value(theirs, one) or "–"
    if isinstance(value, int) and one.to in _CLIENTS:
        called = see_clients.name(visit.house, Entity(one.to), value)
        value = client_words.numbered(called, value) if called else value
    return Control(
        name=name,
        label=client_words.field(visit.texts, entity, one.name),
        value="" if value is None else str(value),
        required=one.required,
        to=one.to,
        theirs=other,
        wide=one.name in {"name", "address"},
    )


def _typed(visit: Visit, one: Field) -> Any:  # noqa: ANN401 - a value of any column
    text = visit.text(column(one)).strip()
    if one.type is not Type.REFERENCE:
        return text
    if one.to in _CLIENTS:
        return client_words.meant(visit, Entity(one.to), text)
    return whole(text) if text else None
