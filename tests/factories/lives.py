"""Tells from the files of a sample export which stage rows its cases must have, change by change.

Shares no code with what it judges, neither with the import nor with the generator.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

Visit = tuple[str, datetime, datetime | None, int | None]
"""Stage, entered, left, seconds."""
STAGES: Final = {
    "New": "new",
    "Working": "working",
    "Escalated": "escalated",
    "Waiting on Customer": "waiting",
    "Closed": "closed",
    "Closed - No Response": "no_response",
}
CLOSED: Final = {"Closed", "Closed - No Response"}


def lives(records: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, list[Visit]]:
    """Stage rows by the id of the case; `records` are (file, record) of everything that had to be imported."""
    cases: dict[str, Mapping[str, str]] = {}
    changes: dict[str, list[Mapping[str, str]]] = {}
    for name, record in records:
        if name == "Case.csv":
            cases[record["Id"]] = record
        elif name == "CaseHistory.csv" and record["Field"] == "Status":
            changes.setdefault(record["CaseId"], []).append(record)
    return {key: life(case, changes.get(key, [])) for key, case in cases.items()}


def life(case: Mapping[str, str], changes: Iterable[Mapping[str, str]]) -> list[Visit]:
    """The visits of one case."""
    told = sorted(changes, key=lambda change: (change["CreatedDate"], change["Id"]))
    here, since = told[0]["OldValue"] if told else "", moment(case["CreatedDate"])
    visits = []
    for change in told:
        at = max(moment(change["CreatedDate"]), since)
        visits.append(_visit(here, since, at))
        here, since = change["NewValue"], at
    if case["Status"] not in CLOSED:
        return [*visits, _visit(case["Status"], since, None)]
    if not told or here not in CLOSED:
        return [*visits, _visit(here, since, max(moment(case["ClosedDate"]), since))]
    # The case's own time of closing is believed before the one that its history tells.
    status, entered = told[-1]["OldValue"] if len(told) == 1 else told[-2]["NewValue"], visits[-1][1]
    return [*visits[:-1], _visit(status, entered, moment(case["ClosedDate"]))]


def moment(text: str) -> datetime:
    """A date of the export, which writes GMT without saying so."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def _visit(status: str, entered: datetime, left: datetime | None) -> Visit:
    return STAGES.get(status, status), entered, left, None if left is None else round((left - entered).total_seconds())
