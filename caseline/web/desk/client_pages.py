"""Companies and contacts: lists, cards with their requests."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from caseline.actions import see_clients
from caseline.actions.editing import Fault
from caseline.actions.see_clients import Shown
from caseline.crm.clients import FIELDS, LONGEST, Asked, Client, Entity, column
from caseline.listing.conditions import Condition
from caseline.people.rights import Right
from caseline.web.desk import bonus_panel, client_extra, client_words, request_table
from caseline.web.desk.page import Handler
from caseline.web.desk.request_table import Table
from caseline.web.desk.visit import SEE_OTHER, Visit

_HITS: Final = 12
_TYPED_INTO: Final = ("q", "company_id", "contact_id", "parent_id")


def listed(entity: Entity) -> Handler:
    """The list of companies, or of contacts."""

    def handle(visit: Visit) -> Response:
        asked = Asked(
            text=visit.text("q").strip()[:200],
            company_id=visit.number("company") if entity is Entity.CONTACT else None,
            after=_place(visit, "after"),
            before=_place(visit, "before"),
        )
        page = see_clients.listed(visit.house, visit.viewer, entity, asked)
        kept = {"q": asked.text, "company": asked.company_id}
        given = {name: value for name, value in kept.items() if value}

        def way(name: str, place: tuple[str, int] | None) -> str:
            return "" if place is None else f"?{urlencode({**given, name: place[1], f'{name}_key': place[0]})}"

        return visit.page(
            "clients/piece.html" if visit.piece else "clients/list.html",
            entity=entity,
            words=client_words.of(entity),
            page=page,
            text=asked.text,
            company=asked.company_id,
            before=way("before", page.before),
            after=way("after", page.after),
            works=visit.may(Right.WORK_REQUESTS),
        )

    return handle


def suggested(entity: Entity) -> Handler:
    """Lines that fit what was typed, for whoever chooses one."""

    def handle(visit: Visit) -> Response:
        # A field of a form sends what is typed under its own name.
        text = next(filter(None, map(visit.text, _TYPED_INTO)), "")
        found = see_clients.suggested(visit.house, visit.viewer, entity, text[:200], most=_HITS)
        return visit.page("clients/options.html", hits=found)

    return handle


def shown(entity: Entity) -> Handler:
    """The card of a client; of one that was merged, that of the one in which it goes on."""

    def handle(visit: Visit) -> Response:
        return card(visit, entity, visit.request.path_params["client"])

    return handle


def card(
    visit: Visit,
    entity: Entity,
    client_id: int,
    *,
    problem: str = "",
    status: int = 200,
    faults: Sequence[Fault] = (),
) -> Response:
    """The card; raises `Absent`. `faults`: of what was typed to correct the bonus."""
    found = see_clients.shown(visit.house, visit.viewer, entity, client_id)
    words = client_words.of(entity)
    if found.client.into_id is not None:
        return RedirectResponse(f"{words.path}/{found.client.into_id}?merged={client_id}", SEE_OTHER)
    extra, kept = client_extra.lines(visit, found)
    return visit.page(
        "clients/card.html",
        status=status,
        entity=entity,
        words=words,
        found=found,
        lines=_lines(visit, found),
        extra=extra,
        kept=kept,
        alike=client_words.ALIKE,
        came_from=visit.number("merged"),
        problem=problem,
        works=visit.may(Right.WORK_REQUESTS),
        table=_requests(visit, found.client),
        **bonus_panel.panel(visit, client_id if entity is Entity.CONTACT else None, faults),
    )


def _requests(visit: Visit, client: Client) -> Table:
    """The Requests tab: those of the client that whoever looks may see."""
    fixed = [Condition(client.entity.value, "in", (str(client.id),))]
    path = f"{client_words.of(client.entity).path}/{client.id}"
    return request_table.piece(visit, fixed, path, layout=client.entity.value)


def _place(visit: Visit, name: str) -> tuple[str, int] | None:
    number = visit.number(name)
    return None if number is None else (visit.text(f"{name}_key")[:LONGEST], number)


def _lines(visit: Visit, found: Shown) -> list[tuple[str, str, str]]:
    """(column, label, value) of the fields that are filled in."""
    client = found.client
    return [
        (column(one), client_words.field(visit.texts, client.entity, one.name), client_words.value(client, one))
        for one in FIELDS[client.entity]
        if one.name != "name" and client.values[column(one)] not in {None, ""}
    ]
