"""Whether original dates can become a portal's own creation dates: asked by who looks at it, and by who begins."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.faults import PortalRefused, PortalStopped
from caseline.crm.bitrix24.items import rows_of, value_of
from caseline.crm.bitrix24.places import TYPE_IDS
from caseline.crm.bitrix24.profile import administers
from caseline.crm.findings import Finding, error, ok, warning

_TOPIC: Final = "original dates"
_OR_NOT: Final = "or unset CASELINE_BITRIX24_CREATED: original dates then stand in their own fields only"


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why no record can be given its creation date, with the remedy."""

    text: str
    remedy: str


def administrator(portal: Portal) -> bool | None:
    """Whether the owner of the webhook is one; None where the portal does not tell."""
    try:
        told = portal.read("profile").value
    except (PortalRefused, PortalStopped):
        return None
    return administers(told) if isinstance(told, Mapping) else None


def hindrance(portal: Portal, *, imports: bool) -> Hindrance | None:
    """What stands in the way as a whole, whatever the records."""
    if not imports:
        text = "crm.item.add gives every record the moment at which it is made, so CASELINE_BITRIX24_CREATED=original"
        return Hindrance(f"{text} cannot be done", f"say CASELINE_BITRIX24_WRITE=import; {_OR_NOT}")
    if administrator(portal):
        return None
    text = "only an administrator may set the creation dates of CASELINE_BITRIX24_CREATED=original, and the webhook's"
    return Hindrance(f"{text} owner is not known to be one", f"let an administrator make the webhook; {_OR_NOT}")


def refuse(portal: Portal, *, imports: bool) -> None:
    """`PortalStopped` with the remedy where no creation date can be set."""
    if found := hindrance(portal, imports=imports):
        raise PortalStopped(f"{found.text}: {found.remedy}")


def question(entity: str) -> Call:
    """The question for the record of an entity that was created last; it takes part in no other order."""
    params = {"entityTypeId": TYPE_IDS[entity], "select": ["id", "createdTime"], "order": {"createdTime": "DESC"}}
    return Call("crm.item.list", params | {"start": -1})


def newest(answer: Any) -> datetime | None:  # noqa: ANN401 - what `value_of` takes
    """When the record that was created last was; None where there is none."""
    for row in rows_of(value_of(answer)):
        return datetime.fromisoformat(str(row["createdTime"]))
    return None


def findings(portal: Portal, *, imports: bool, workers: int) -> Iterator[Finding]:
    """What an import with original dates would meet."""
    if found := hindrance(portal, imports=imports):
        yield error(_TOPIC, found.text, found.remedy)
        return
    answers = portal.read_many({entity: question(entity) for entity in TYPE_IDS})
    for entity, answer in answers.items():
        last = newest(answer)
        if last is None:
            yield ok(_TOPIC, f"there is no {entity} yet: dates arrive as they are where the export is sorted by them")
            continue
        text = f"the newest {entity} of the portal is of {last:%Y-%m-%d %H:%M %z}: older ones become as young as that"
        yield warning(
            _TOPIC, f"{text} (their own fields hold the original dates all the same)", f"begin with none; {_OR_NOT}"
        )
    text = "one writes at a time, in the order of the dates"
    yield ok(_TOPIC, text if workers == 1 else f"{text}: {workers} workers bring no more than one")
