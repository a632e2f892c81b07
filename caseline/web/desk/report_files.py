"""Reports as CSV files: told in portions, safe for spreadsheets, and noted in the audit log."""

from collections.abc import Iterable, Iterator
from itertools import chain

from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from caseline.actions import note_deed
from caseline.people.rights import Right
from caseline.reports.periods import Period
from caseline.text_files import csv_table
from caseline.web.desk.visit import Visit


def answer(visit: Visit, name: str, days: Period, lines: Iterator[list[object]]) -> Response:
    """A file of these lines, the head first; whoever may not take files away is refused."""
    if not visit.may(Right.EXPORT):
        raise HTTPException(403)
    # The first line is made at once: what cannot be answered is said on a page, and is no broken file.
    first = next(lines)
    what = visit.request.url.query[:1_000]
    note_deed.note(visit.house, visit.login.name, "report_exported", name, {"what": what}, now=visit.now)
    return StreamingResponse(
        _written(chain([first], lines), csv_table.separator(visit.texts.language)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{days.first}-{days.last}.csv"'},
    )


def _written(lines: Iterable[list[object]], separator: str) -> Iterator[str]:
    # Without the mark at its beginning Excel takes UTF-8 for an older encoding.
    yield "\ufeff"
    for line in lines:
        yield csv_table.line(line, separator)
