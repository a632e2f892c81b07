"""The file that a list of requests is taken away as: CSV, streamed, safe to open in a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from starlette.responses import Response, StreamingResponse

from caseline.actions import keep_views, list_requests, note_deed, offer_values
from caseline.actions.list_requests import Asked
from caseline.listing.row import Row
from caseline.listing.wanted import TooBroad
from caseline.text_files import csv_table
from caseline.web.desk import request_state, request_table, request_words
from caseline.web.desk.request_cells import Cells
from caseline.web.desk.visit import Visit


def exported(visit: Visit) -> Response:
    """All rows of the list with the columns that the table shows, and the id of each request."""
    state = request_state.read(visit, keep_views.choice(visit.house, visit.viewer))
    fields = offer_values.fields(visit.house)
    if request_state.faults(visit, state, fields):
        return visit.page("problem.html", status=409, code="409")
    columns = [column.key for column in request_table.chosen_columns(visit, visit.text("columns"), fields)]
    asked, cells = state.asked(visit), Cells(visit.texts, visit.now, fields)
    portions = list_requests.everything(visit.house, asked, columns)
    try:
        first = next(portions, [])
    except TooBroad:
        return visit.go(state.address())
    _note(visit, asked)
    heads = ["id", *(request_words.field(visit.texts, fields.get(key, key)) for key in columns)]
    name = f"requests-{visit.texts.local(visit.now):%Y-%m-%d-%H%M}.csv"
    return StreamingResponse(
        _lines(heads, chain([first], portions), columns, cells),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _lines(
    heads: Sequence[str], portions: Iterable[Sequence[Row]], columns: Sequence[str], cells: Cells
) -> Iterator[str]:
    separator = csv_table.separator(cells.texts.language)
    # Without the mark at its beginning Excel takes UTF-8 for an older encoding.
    yield "\ufeff" + csv_table.line(heads, separator)
    for portion in portions:
        lines = ([row.id, *(cells.plain(row, key) for key in columns)] for row in portion)
        yield "".join(csv_table.line(line, separator) for line in lines)


def _note(visit: Visit, asked: Asked) -> None:
    told = [condition.text for condition in asked.conditions]
    data = {"filter": " ".join([*told, *([f"q={asked.search}"] if asked.search else [])])}
    note_deed.note(visit.house, visit.login.name, "requests_exported", "", data, now=visit.now)
