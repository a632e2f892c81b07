"""Pages of companies and contacts that may be the same: groups of them, what a merge would do, taking it back."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from caseline.actions import merge_clients, see_clients
from caseline.crm.cards import Refused
from caseline.crm.clients import FIELDS, Alike, Entity, Preview, column
from caseline.crm.port import NotOffered
from caseline.people.rights import Right
from caseline.web.desk import client_pages, client_words, refusal_words
from caseline.web.desk.page import Handler
from caseline.web.desk.visit import Visit

_BY: Final[Mapping[Entity, tuple[Alike, ...]]] = {
    Entity.COMPANY: (Alike.TAX_NUMBER, Alike.MAIL, Alike.PHONE),
    Entity.CONTACT: (Alike.MAIL, Alike.PHONE),
}


def groups(entity: Entity) -> Handler:
    """Groups of suspected duplicates."""

    def handle(visit: Visit) -> Response:
        offered = _BY[entity]
        by = next((one for one in offered if one.value == visit.text("by")), offered[0])
        found, more = merge_clients.groups(visit.house, visit.viewer, entity, by, after=visit.text("after")[:500])
        return visit.page(
            "clients/duplicates.html",
            entity=entity,
            words=client_words.of(entity),
            by=by,
            offered=[(one.value, client_words.ALIKE[one]) for one in offered],
            groups=found,
            after=f"?{urlencode({'by': by.value, 'after': found[-1].value})}" if more else "",
            works=visit.may(Right.WORK_REQUESTS),
        )

    return handle


def asked(entity: Entity) -> Handler:
    """What a merge would do; first of all, with whom."""

    def handle(visit: Visit) -> Response:
        client_id, other = visit.request.path_params["client"], visit.number("other")
        return _preview(visit, entity, client_id, other)

    return handle


def _preview(visit: Visit, entity: Entity, client_id: int, other: int | None, *, problem: str = "") -> Response:
    client = see_clients.shown(visit.house, visit.viewer, entity, client_id)
    text = visit.text("q").strip()
    hits = see_clients.suggested(visit.house, visit.viewer, entity, text, most=20)
    found = None
    if other is not None:
        # `keep`: the other way round.
        pair = (client_id, other) if visit.text("keep") == "other" else (other, client_id)
        try:
            found = merge_clients.preview(visit.house, visit.viewer, entity, *pair)
        except Refused as error:
            problem = problem or refusal_words.said(visit.texts, error)
    return visit.page(
        "clients/merge.html",
        status=422 if problem else 200,
        entity=entity,
        words=client_words.of(entity),
        here=client.client,
        twins=client.twins,
        alike=client_words.ALIKE,
        text=text,
        hits=[one for one in hits if one.id != client_id],
        found=found,
        rows=_rows(visit, found) if found else [],
        moves=[(client_words.MOVES[what], number) for what, number in found.moves.items()] if found else [],
        turned=visit.text("keep") == "other",
        problem=problem,
    )


def _rows(visit: Visit, found: Preview) -> list[tuple[str, str, str, str, bool]]:
    """(column, label, value of the one that goes, of the one that stays, whether somebody has to choose)."""
    rows = []
    for one in FIELDS[found.into.entity]:
        name, label = column(one), client_words.field(visit.texts, found.into.entity, one.name)
        old, new = client_words.value(found.gone, one), client_words.value(found.into, one)
        if old or new:
            rows.append((name, label, old, new, name in found.differing))
    return rows


def merged(entity: Entity) -> Handler:
    """Merge."""

    def handle(visit: Visit) -> Response:
        gone, into = visit.number("gone") or 0, visit.number("into") or 0
        seen = ((gone, visit.number("gone_version") or 0), (into, visit.number("into_version") or 0))
        taken = [one for one in visit.form.getlist("take") if isinstance(one, str)]
        try:
            merge_clients.merge(visit.house, visit.viewer, entity, seen, taken=taken, now=visit.now)
        except (Refused, NotOffered) as error:
            problem = refusal_words.said(visit.texts, error)
            here = visit.request.path_params["client"]
            return _preview(visit, entity, here, gone if here == into else into, problem=problem)
        return visit.go(f"{client_words.of(entity).path}/{into}", notice="client_merged")

    return handle


def unmerged(entity: Entity) -> Handler:
    """Take a merge back."""

    def handle(visit: Visit) -> Response:
        gone: int = visit.request.path_params["client"]
        try:
            merge_clients.unmerge(visit.house, visit.viewer, entity, gone, now=visit.now)
        except (Refused, NotOffered) as error:
            return client_pages.card(visit, entity, gone, problem=refusal_words.said(visit.texts, error), status=422)
        return visit.go(f"{client_words.of(entity).path}/{gone}", notice="client_unmerged")

    return handle


def parted(entity: Entity) -> Handler:
    """Note that two are not the same."""

    def handle(visit: Visit) -> Response:
        here: int = visit.request.path_params["client"]
        try:
            pair = (here, visit.number("other") or 0)
            merge_clients.part(visit.house, visit.viewer, entity, pair, now=visit.now)
        except (Refused, NotOffered) as error:
            return client_pages.card(visit, entity, here, problem=refusal_words.said(visit.texts, error), status=422)
        words = client_words.of(entity)
        back = f"{words.path}/duplicates?by={visit.text('by')}" if visit.text("by") in set(Alike) else ""
        return visit.go(back or f"{words.path}/{here}", notice="saved")

    return handle
