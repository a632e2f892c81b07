"""Writes rejects as lines: the columns of the source, then which row it is and what is wrong with it."""

import json
from collections.abc import Sequence
from typing import Any, Final

from staging.heads import REST
from staging.mended import OWN_PART, OWN_ROW
from staging.rejects import Reject

OWN_COLUMNS: Final = (OWN_ROW, OWN_PART, "caseline_codes", "caseline_errors")
RAW: Final = "caseline_raw"
"""JSON lines only: the line that is no JSON, to be mended and put in the place of the whole object."""


def header(columns: Sequence[str]) -> list[str]:
    """First line of a CSV."""
    return [*columns, *OWN_COLUMNS]


def record(part: str, reject: Reject) -> list[str]:
    """Line of a CSV; empty values and missing ones look alike there, as they do to the import."""
    return [*(value or "" for value in reject.values), *_own(part, reject)]


def document(part: str, columns: Sequence[str], reject: Reject) -> dict[str, Any]:
    """Object of a JSON line; columns are paths, and values stay the texts that the import compares."""
    given = dict(zip(columns, reject.values, strict=True))
    rest = given.pop(REST, None)
    found: dict[str, Any] = json.loads(rest) if rest else {}
    for path, value in given.items():
        _put(found, path.split("."), value)
    found |= dict(zip(OWN_COLUMNS, _own(part, reject), strict=True))
    return found if reject.raw is None else found | {RAW: reject.raw}


def _put(place: Any, path: list[str], value: str | None) -> None:  # noqa: ANN401 - what a JSON object may hold
    for name in path[:-1]:
        # Where the source has something else than an object there is no value to put either.
        place = place.setdefault(name, {}) if isinstance(place, dict) else None
    if isinstance(place, dict):
        place.setdefault(path[-1], value)


def _own(part: str, reject: Reject) -> list[str]:
    codes = dict.fromkeys(str(error.get("code")) for error in reject.errors)
    return [str(reject.row_id), part, " ".join(codes), "; ".join(_said(error) for error in reject.errors)]


def _said(error: dict[str, str | None]) -> str:
    field = f"{error['field']}: " if error.get("field") else ""
    return f"{field}{error.get('text') or error.get('code')}"
