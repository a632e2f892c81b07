"""Changes as sources tell of them: their names of fields, and lines that only repeat another one in ids."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from caseline.crm.timeline import Line, Origin

OPENED: Final = "created"
"""What a source calls the line with which a request begins."""
OWNERS: Final = frozenset({"Owner", "ownerAssignment", "ownerAccepted"})
"""Names of the field that says who works on a request: a person or a group."""
FIELDS: Final[Mapping[str, str]] = {"Priority": "priority", "IsEscalated": "escalated", "Type": "type"}
"""Fields of sources that are fields of the register, by the names that sources have for them."""
BOOLEANS: Final[Mapping[str, bool]] = {"true": True, "false": False}
"""How sources write what is yes or no."""

_ID: Final = re.compile(r"(?=.*[0-9])[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")


def repeated(lines: Iterable[Line]) -> set[tuple[Origin, int]]:
    """Changes of owners that are told in ids although another line of the same instant tells them in names."""
    owners = [one for one in lines if one.origin is Origin.HISTORY and one.type in OWNERS]
    named = {(one.at, one.type) for one in owners if not _in_ids(one.data)}
    return {(one.origin, one.id) for one in owners if _in_ids(one.data) and (one.at, one.type) in named}


def _in_ids(data: Mapping[str, Any]) -> bool:
    said = [str(data[side]) for side in ("old", "new") if data.get(side)]
    return bool(said) and all(_ID.fullmatch(one) for one in said)
