"""What a portal must have before records come: user fields, stages, list items, sources; found out, shown and made."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from caseline.crm.bitrix24 import making
from caseline.crm.bitrix24.answers import Outcome, Refused, Unknown
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.faults import PortalStopped
from caseline.crm.bitrix24.items import PAGE, rows_of
from caseline.crm.bitrix24.making import CLASSIC
from caseline.crm.bitrix24.places import USER_FIELDS, Kind, Place, user_fields

STAGES: Final = "STATUS"
SOURCES: Final = "SOURCE"
_STATUS_LIMIT: Final = 21
"""Signs of a stage's code."""
_FIRST, _SUCCESS = "NEW", "CONVERTED"
_KNOWN_SOURCES: Final = {"phone": "CALL", "mail": "EMAIL", "web": "WEB"}


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that the portal does not have yet."""

    entity: str
    kind: str
    """`field`, `stage`, `source`, `item` or `section`."""
    name: str
    label: str
    detail: str
    """The type of a field, the semantics of a stage, the field of a list item."""
    call: Call


@dataclass(frozen=True, slots=True)
class Clash:
    """Something that the portal has otherwise than records need it."""

    entity: str
    name: str
    text: str


def fields(portal: Portal, entity: str) -> dict[str, Mapping[str, Any]]:
    """User fields of an entity by name."""
    method = f"crm.{CLASSIC[entity]}.userfield.list"
    return {str(row["FIELD_NAME"]): row for row in _paged(portal, method, {"order": {"ID": "ASC"}})}


def statuses(portal: Portal, kind: str) -> dict[str, Mapping[str, Any]]:
    """Stages of leads or sources, by code."""
    rows = _paged(portal, "crm.status.list", {"order": {"ID": "ASC"}, "filter": {"ENTITY_ID": kind}})
    return {str(row["STATUS_ID"]): row for row in rows}


def words_there(portal: Portal, entity: str) -> dict[str, set[str]]:
    """The portal's words by field: ids of list items, and codes of sources."""
    found = {
        name: {str(one["ID"]) for one in about.get("LIST") or ()} for name, about in fields(portal, entity).items()
    }
    return found | {"SOURCE_ID": set(statuses(portal, SOURCES))}


def names(portal: Portal, entity_type_id: int) -> dict[str, str]:
    """Upper-case names of fields to those of `crm.item.*`."""
    found = portal.read("crm.item.fields", {"entityTypeId": entity_type_id}).value
    listed = found.get("fields", found) if isinstance(found, Mapping) else {}
    return {str(about["upperName"]): name for name, about in listed.items() if about.get("upperName")}


def lacking_fields(
    entity: str,
    places: Sequence[Place],
    there: Mapping[str, Mapping[str, Any]],
    listed: Mapping[str, Collection[str]] | None = None,
) -> tuple[list[Lack], list[Clash]]:
    """User fields that must be made with the values of their lists, and those that stand there with another type."""
    lacks, clashes = [], []
    for name, place in user_fields(places).items():
        kind, several = USER_FIELDS.get(place.kind, "integer"), place.kind is Kind.CHOICES
        if name not in there:
            values = (listed or {}).get(name, ()) if kind == "enumeration" else ()
            call = making.field(entity, name, place, kind, values)
            detail = f"{kind}{', several values' if several else ''}{': ' if values else ''}{', '.join(sorted(values))}"
            lacks.append(Lack(entity, "field", name, place.label, detail, call))
            continue
        found = str(there[name].get("USER_TYPE_ID"))
        if found != kind or (str(there[name].get("MULTIPLE")) == "Y") != several:
            wanted = f"{kind}{', several values' if several else ''}"
            text = f"is of type {found}, and {wanted} is needed: delete it in the portal (its values too)"
            clashes.append(Clash(entity, name, text))
    return lacks, clashes


def stage_words(stages: Sequence[tuple[str, str, bool]], known: Mapping[str, str]) -> dict[str, str]:
    """The portal's code for each stage of (code, label, closed): its own first and won stage, else one of ours."""
    words = {code: known[code] for code, _label, _closed in stages if code in known}
    for closed, own in ((False, _FIRST), (True, _SUCCESS)):
        codes = [code for code, _label, is_closed in stages if is_closed is closed]
        if codes and own not in known.values() and codes[0] not in words:
            words[codes[0]] = own
    return words | {code: status_code(code) for code, _label, _closed in stages if code not in words}


def status_code(value: str) -> str:
    """A code of ours that the portal takes: A-Z, digits, underscore; with a hash where that loses something."""
    plain = "CL_" + re.sub(r"[^A-Z0-9_]", "_", value.upper())
    if plain == f"CL_{value.upper()}" and value == value.lower() and len(plain) <= _STATUS_LIMIT:
        return plain
    tail = hashlib.blake2b(value.encode(), digest_size=4).hexdigest().upper()
    return f"{plain[: _STATUS_LIMIT - len(tail) - 1]}_{tail}"


def lacking_stages(
    stages: Sequence[tuple[str, str, bool]], words: Mapping[str, str], there: Collection[str]
) -> list[Lack]:
    """Stages that must be made."""
    lacks = []
    for number, (code, label, closed) in enumerate(stages):
        if words[code] in there:
            continue
        semantics = "F" if closed else "P"
        about = {
            "ENTITY_ID": STAGES,
            "STATUS_ID": words[code],
            "NAME": label,
            "SORT": 100 + 10 * number,
            "SEMANTICS": "F" if closed else "",
            "EXTRA": {"SEMANTICS": "failure" if closed else "process"},
        }
        lacks.append(Lack("request", "stage", words[code], label, semantics, Call("crm.status.add", {"fields": about})))
    return lacks


def source_word(value: str) -> str:
    """The portal's source for a channel of ours."""
    return _KNOWN_SOURCES.get(value) or status_code(value)


def lacking_sources(values: Collection[str], there: Collection[str]) -> list[Lack]:
    """Sources that must be made for these channels."""
    lacks = []
    for value in sorted(values):
        word = source_word(value)
        if word not in there:
            about = {"ENTITY_ID": SOURCES, "STATUS_ID": word, "NAME": value}
            lacks.append(Lack("request", "source", word, value, "", Call("crm.status.add", {"fields": about})))
    return lacks


def item_words(field: Mapping[str, Any], values: Collection[str]) -> dict[str, str]:
    """Ids of list items by our value: of the item with our mark, else of the one with the very text."""
    items = list(field.get("LIST") or ())
    ids = {str(item.get("VALUE")): str(item["ID"]) for item in items}
    ids |= {str(item["XML_ID"]): str(item["ID"]) for item in items if item.get("XML_ID")}
    found = {value: ids.get(making.mark(value)) or ids.get(value) for value in values}
    return {value: word for value, word in found.items() if word}


def adding_items(entity: str, field: Mapping[str, Any], values: Collection[str]) -> Lack:
    """New items for a list; those that are there stay."""
    name = str(field["FIELD_NAME"])
    return Lack(entity, "item", name, ", ".join(sorted(values)), "list item", making.items(entity, field, values))


def lacking_items(
    entity: str, there: Mapping[str, Mapping[str, Any]], listed: Mapping[str, Collection[str]]
) -> list[Lack]:
    """Items that must be added to lists which are there."""
    found = []
    for name, values in listed.items():
        if name in there and there[name].get("USER_TYPE_ID") == "enumeration":
            new = set(values) - item_words(there[name], values).keys()
            if new:
                found.append(adding_items(entity, there[name], new))
    return found


def make(portal: Portal, lacks: Sequence[Lack]) -> list[tuple[Lack, Refused]]:
    """Make what lacks; answers what the portal refuses. What may or may not have been made shows when asked again."""
    answers = portal.send({f"make{number}": lack.call for number, lack in enumerate(lacks)})
    if any(isinstance(answer, Unknown) for answer in answers.values()):
        # A request that nobody answers may go on until the portal cuts it.
        portal.options.sleep(portal.options.ceiling)
    found: list[tuple[Lack, Outcome | None]] = [(lack, answers.get(f"make{n}")) for n, lack in enumerate(lacks)]
    return [(lack, answer) for lack, answer in found if isinstance(answer, Refused)]


def refuse(refused: Sequence[tuple[Lack, Refused]]) -> None:
    """Stop the run when something could not be made."""
    if refused:
        told = "; ".join(
            f"{lack.kind} {lack.name} of {lack.entity}: {said.code} {said.text}" for lack, said in refused[:5]
        )
        raise PortalStopped(
            f"the portal does not let us make what records need ({told}): make it there, or give the webhook's owner"
            " the right to; `caseline bitrix24 provision --dry-run` lists all"
        )


def _paged(portal: Portal, method: str, params: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    start: int | None = 0
    while start is not None:
        answer = portal.read(method, {**params, "start": start})
        rows = list(rows_of(answer.value))
        yield from rows
        start = answer.next if len(rows) >= PAGE else None
