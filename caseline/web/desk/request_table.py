"""The table of requests: on its own page, and as a piece of the pages of companies and contacts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from markupsafe import Markup, escape
from starlette.responses import Response

from caseline.actions import keep_views, list_requests
from caseline.actions.keep_views import Choice
from caseline.actions.list_requests import Listing
from caseline.crm.request_fields import RequestField
from caseline.listing import columns, kinds, presets, wanted
from caseline.listing.columns import Column
from caseline.listing.conditions import Condition
from caseline.listing.kinds import Kind
from caseline.listing.presets import Owner, View
from caseline.people.rights import Right
from caseline.web.desk import request_state, request_words
from caseline.web.desk.request_cells import Cells
from caseline.web.desk.request_state import HOME, State
from caseline.web.desk.visit import Visit

_NUMERIC: Final = frozenset({Kind.NUMBER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A condition, as it is shown above the table."""

    words: str
    why: str
    """Why it does not apply; nothing where it does."""
    without: str
    """The address of the table without it."""
    edit: str
    """Where it is changed; nothing where it has nothing to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a column."""

    key: str
    label: str
    width: int | None
    sorted: str
    """`ascending`, `descending` or nothing."""
    address: str
    """The table sorted by it; nothing where it cannot be."""
    numeric: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the table."""

    id: int
    name: str
    cells: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All that the template `requests/table.html` needs."""

    state: State
    heads: Sequence[Head]
    lines: Sequence[Line]
    chips: Sequence[Chip]
    before: str
    after: str
    too_broad: bool
    searched: str
    """What became of the search: the name of a `listing.hits.Outcome`; nothing where nobody searches."""
    waiting: int
    """Requests that the search cannot find yet."""
    faulty: bool
    """Whether a condition does not apply, so that nothing may be done to all rows of the list."""
    bulk: bool
    export: bool


def piece(visit: Visit, fixed: Sequence[Condition] = (), path: str = HOME, *, layout: str = "") -> Table:
    """A table of the requests that these conditions leave, for a page at a path.

    The page includes `requests/table.html` with it as `table`, and has `requests.css` and `requests.js`. Sorting,
    filtering and paging are values of the page's own address, so the page needs nothing else. `layout`: for which
    table people choose columns, such as `company`.
    """
    state = replace(request_state.read(visit, None, fixed=fixed, path=path), layout=layout or "piece")
    return _table(visit, state, keep_views.layout(visit.house, visit.viewer, state.columns_of))


def listed(visit: Visit) -> Response:
    """The page of all requests."""
    choice = keep_views.choice(visit.house, visit.viewer)
    state = request_state.read(visit, choice)
    lost = bool(visit.text("view")) and state.view is None
    template = "requests/table.html" if _part(visit) else "requests/list.html"
    return visit.page(
        template,
        table=_table(visit, state, choice.layouts.get(state.columns_of)),
        tabs=_tabs(visit, choice, state),
        lost=lost,
        searched=state.search,
        share=visit.may(Right.SHARE_PRESETS),
        writable=_writable(visit, state.view),
        nobody=visit.viewer.person_id is None and any(one.key == "mine" for one in state.conditions),
        problem="",
    )


def searched(visit: Visit) -> Response:
    """What fits a search text: of the list that was open, or of all requests; of a whole number, its card at once."""
    state = request_state.read_form(visit)
    if visit.text("in") == "list":
        return visit.go(state.address())
    number = _of_number(visit, state.search)
    if number is not None:
        return visit.go(f"{HOME}/{number}")
    return visit.go(f"{HOME}?{urlencode({'q': state.search})}" if state.search else HOME)


def _of_number(visit: Visit, text: str) -> int | None:
    """The one request that has this number, with or without the zeros before it."""
    plain = text.casefold().lstrip("0")
    if len(text.split()) != 1 or not any(sign.isdecimal() for sign in plain):
        return None
    everywhere = State(search=text).asked(visit)
    rows = list_requests.page(visit.house, everywhere, "", ("number",), most=2).rows
    fits = len(rows) == 1 and (rows[0].values["number"] or "").casefold().lstrip("0") == plain
    return rows[0].id if fits else None


def counted(visit: Visit) -> Response:
    """How many requests a filter leaves, asked for when the rows are there already."""
    state = request_state.read(visit, keep_views.choice(visit.house, visit.viewer))
    number = list_requests.count(visit.house, state.asked(visit))
    most = list_requests.COUNTED
    return visit.page("requests/count.html", number=number, most=most, many=number is not None and number > most)


def chosen_columns(visit: Visit, layout: str, fields: Mapping[str, RequestField]) -> tuple[Column, ...]:
    """The columns of a table: those chosen, or the usual ones."""
    return columns.read(keep_views.layout(visit.house, visit.viewer, layout), fields) or columns.usual(layout)


def _table(visit: Visit, state: State, kept: Any) -> Table:  # noqa: ANN401 - columns that somebody has chosen, as kept
    asked_for = [column.key for column in columns.chosen(kept)] or [c.key for c in columns.usual(state.columns_of)]
    found = list_requests.page(visit.house, state.asked(visit), visit.text("at"), asked_for)
    shown = columns.read(kept, found.fields) or columns.usual(state.columns_of)
    cells = Cells(visit.texts, visit.now, found.fields)
    keys, heads = [column.key for column in shown], _heads(visit, state, found, shown)
    written = [_attributes(head) for head in heads]
    return Table(
        state=state,
        heads=heads,
        lines=[
            Line(id=row.id, name=row.values["number"] or str(row.id), cells=cells.row(row, keys, written))
            for row in found.rows
        ],
        chips=_chips(visit, state, found),
        before=state.address(found.before) if found.before else "",
        after=state.address(found.after) if found.after else "",
        too_broad=found.too_broad,
        searched=found.searched.name if found.searched else "",
        waiting=found.waiting,
        faulty=bool(found.faults),
        bulk=visit.may(Right.CHANGE_MANY) and bool(found.rows),
        export=visit.may(Right.EXPORT) and bool(found.rows),
    )


def _attributes(head: Head) -> str:
    """What all cells of a column have: its key, its name for phones where heads are hidden, its place."""
    side = ' class="number"' if head.numeric else ""
    return f' data-key="{escape(head.key)}" data-label="{escape(head.label)}"{side}'


def _heads(visit: Visit, state: State, found: Listing, shown: Sequence[Column]) -> list[Head]:
    first = found.sorts[0]
    heads = []
    for column in shown:
        one = found.fields.get(column.key)
        by = "created_at" if column.key == kinds.AGE else column.key
        can = one is None or wanted.sortable(one)
        here = first.key == by
        heads.append(
            Head(
                key=column.key,
                label=request_words.field(visit.texts, column.key if one is None else one),
                width=column.width,
                sorted=("descending" if first.down else "ascending") if here else "",
                address=state.sorted_by(by, down=here and not first.down).address() if can else "",
                numeric=one is not None and kinds.kind(one) in _NUMERIC,
            )
        )
    return heads


def _chips(visit: Visit, state: State, found: Listing) -> list[Chip]:
    why = {fault.condition: request_words.fault(visit.texts, fault) for fault in found.faults}
    return [
        Chip(
            words=request_words.condition(visit.texts, one, found.fields, found.labels),
            why=why.get(one, ""),
            without=state.without(place).address(),
            edit=str(place) if one.op and one not in why else "",
        )
        for place, one in enumerate(state.conditions)
    ]


def _tabs(visit: Visit, choice: Choice, state: State) -> list[tuple[str, str, bool, bool]]:
    """(address, name, whether it is shown, whether the house ships it) of each view."""
    return [
        (
            f"{HOME}?view={view.key}",
            request_words.view(visit.texts, view),
            state.view is not None and view.key == state.view.key,
            view.owner is Owner.HOUSE,
        )
        for view in choice.views
    ]


def _writable(visit: Visit, view: View | None) -> bool:
    if view is None or view.owner not in {Owner.OWN, Owner.EVERYBODY}:
        return False
    return view.owner is presets.Owner.OWN or visit.may(Right.SHARE_PRESETS)


def _part(visit: Visit) -> bool:
    """Whether a script asks for the table alone; going back in the browser asks for the whole page."""
    return visit.piece and visit.request.headers.get("hx-history-restore-request") != "true"
