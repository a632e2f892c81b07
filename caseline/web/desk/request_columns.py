"""Where people choose the columns of a request table, with order and width; and what tables tell by script."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from caseline.actions import keep_views, offer_values
from caseline.crm.request_fields import RequestField
from caseline.listing import columns, wanted
from caseline.listing.columns import Column
from caseline.web.desk import request_state, request_table, request_words
from caseline.web.desk.request_state import State
from caseline.web.desk.visit import Visit, whole

_STEPS: Final = {"up": -1, "down": 1}
_LONGEST: Final = 60
_LEAST: Final = 1


def form(visit: Visit) -> Response:
    """Columns in their order, then those that can be added."""
    state, fields = request_state.read_form(visit), offer_values.fields(visit.house)
    return _form(visit, state, fields, request_table.chosen_columns(visit, _layout(visit, state), fields))


def kept(visit: Visit) -> Response:
    """Keep what is chosen, or move one column and show the form again."""
    state, fields = request_state.read_form(visit), offer_values.fields(visit.house)
    layout = _layout(visit, state)
    if "reset" in visit.form:
        keep_views.keep_layout(visit.house, visit.viewer, layout, None)
        return visit.go(state.address())
    chosen = _typed(visit, fields)
    if len(chosen) < _LEAST:
        return _form(visit, state, fields, chosen, problem=True)
    step, _, key = visit.text("move").partition(" ")
    if step in _STEPS:
        chosen = columns.moved(chosen, key, _STEPS[step])
    keep_views.keep_layout(visit.house, visit.viewer, layout, columns.kept(chosen))
    return _form(visit, state, fields, chosen) if step in _STEPS else visit.go(_sorted(visit, state, fields).address())


def arranged(visit: Visit) -> Response:
    """Keep what a script tells of a table: order and widths of the columns that it shows."""
    fields = offer_values.fields(visit.house)
    told = [part.rpartition(":") for part in visit.text("columns").split("\n") if part]
    chosen = columns.read([[key, whole(width)] for key, _, width in told], fields)
    if not chosen:
        return Response(status_code=422)
    keep_views.keep_layout(visit.house, visit.viewer, visit.text("layout")[:_LONGEST], columns.kept(chosen))
    return Response(status_code=204)


def _layout(visit: Visit, state: State) -> str:
    return visit.text("layout")[:_LONGEST] or state.columns_of


def _typed(visit: Visit, fields: Mapping[str, RequestField]) -> tuple[Column, ...]:
    shown = [value for value in visit.form.getlist("show") if isinstance(value, str)]
    return columns.read([[key, visit.number(f"width-{key}")] for key in shown], fields)


def _sorted(visit: Visit, state: State, fields: Mapping[str, RequestField]) -> State:
    found = [visit.text(name) for name in ("sort-1", "sort-2")]
    kept_sorts = tuple(sort.text for sort in wanted.sorts([text for text in found if text], fields, ()))
    return state.by(kept_sorts) if kept_sorts else state


def _form(
    visit: Visit,
    state: State,
    fields: Mapping[str, RequestField],
    chosen: tuple[Column, ...],
    *,
    problem: bool = False,
) -> Response:
    names = {key: request_words.field(visit.texts, fields.get(key, key)) for key in columns.offered(fields)}
    others = [key for key in names if key not in {column.key for column in chosen}]
    kept = {key for key, one in fields.items() if one.kept}  # columns of an import that nobody has described: last
    sorts = {key: name for key, name in names.items() if key in fields and wanted.sortable(fields[key])}
    return visit.page(
        "requests/columns.html",
        status=422 if problem else 200,
        state=state,
        layout=_layout(visit, state),
        chosen=chosen,
        others=sorted(others, key=lambda key: (key in kept, names[key].casefold())),
        names=names,
        sorts=sorts,
        narrowest=columns.NARROWEST,
        widest=columns.WIDEST,
        problem=problem,
    )
