"""Brings records that a portal has already to what they shall be; doing it twice changes nothing more."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from caseline.crm.bitrix24 import letters, reading, values
from caseline.crm.bitrix24.answers import Done, Refused
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.guard import Guard
from caseline.crm.bitrix24.places import TYPE_IDS, Kind, Place
from caseline.crm.bitrix24.shapes import Shape
from caseline.crm.bitrix24.values import Item, Words
from caseline.crm.port import Ambiguous

Record = Mapping[str, Any]
_TRIES: Final = 8


def level(
    portal: Portal, entity: str, shape: Shape, records: Sequence[Record], words: Words, guard: Guard
) -> dict[int, tuple[str, str]]:
    """Write what differs in the portal; answers refusals by ref. Fields that a record does not bring stay.

    What would start robots or workflows is refused, unless the guard allows it.
    """
    found = reading.items(portal, entity, [one["crm_id"] for one in records], shape.names)
    calls: dict[str, Call] = {}
    refused: dict[int, tuple[str, str]] = {}
    for one in records:
        if one["crm_id"] not in found:
            refused[one["ref"]] = ("EDITED_SINCE", "it was deleted in the portal after it was imported")
            continue
        places = reading.brings(shape.places, one)
        item = found[one["crm_id"]]
        other = reading.differing(places, reading.put(places, one, words), item)
        if other:
            stage = next((place for place in other if place.kind is Kind.STAGE), None)
            moved = None if stage is None else words.said(stage, str(one[stage.column]))
            if objection := guard.changing(entity, moved):
                refused[one["ref"]] = ("REFUSED", f"{objection}; then `caseline retry`")
                continue
            fields = _changes(shape, other, one, item, words)
            params = {"entityTypeId": TYPE_IDS[entity], "id": one["crm_id"], "fields": fields}
            calls[f"record{one['ref']}"] = Call("crm.item.update", params)
    for key, answer in repeated(portal, calls).items():
        refused[int(key.removeprefix("record"))] = (
            "REFUSED",
            f"the portal does not take it: {answer.code} {answer.text}",
        )
    return refused


def rewrite(
    portal: Portal, source: str, messages: Sequence[Record], authors: Mapping[int, str]
) -> dict[int, tuple[str, str]]:
    """Write the comments of messages anew."""
    calls = {}
    for one in messages:
        said = letters.comment(source, one, authors.get(one.get("author_id") or 0))
        params = {"id": one["crm_id"], "fields": letters.fields(said, source, str(one["origin"]))}
        calls[f"record{one['ref']}"] = Call("crm.timeline.comment.update", params)
    return {
        int(key.removeprefix("record")): ("REFUSED", f"the portal does not take it: {answer.code} {answer.text}")
        for key, answer in repeated(portal, calls).items()
    }


def repeated(portal: Portal, calls: Mapping[str, Call]) -> dict[str, Refused]:
    """Send writes that may be repeated until each is answered; answers the refusals."""
    left = dict(calls)
    refused: dict[str, Refused] = {}
    for _ in range(_TRIES):
        if not left:
            return refused
        answers = portal.send(left)
        refused |= {key: answer for key, answer in answers.items() if isinstance(answer, Refused)}
        left = {key: left[key] for key, answer in answers.items() if not isinstance(answer, Done | Refused)}
    if left:
        raise Ambiguous(f"the portal lost the answers to {len(left)} changes {_TRIES} times in a row")
    return refused


def _changes(shape: Shape, places: Sequence[Place], record: Record, item: Item, words: Words) -> dict[str, Any]:
    plain = [place for place in places if place.kind is not Kind.MULTI]
    fields = shape.names.outwards(reading.put(plain, record, words))
    typed = _typed([place for place in places if place.kind is Kind.MULTI], record, item)
    return fields | ({"fm": typed} if typed else {})


def _typed(places: Sequence[Place], record: Record, item: Item) -> dict[str, dict[str, str]]:
    """Typed values by the id of the value that each replaces, `n0`, `n1` for new ones; an empty value deletes."""
    changes = {}
    for number, place in enumerate(places):
        there = [one for one in item.get(place.portal) or () if one.get("VALUE_TYPE") == place.valued]
        value = values.put(place, reading.held(place, record), Words())[place.portal]
        key = str(there[0]["ID"]) if there else f"n{number}"
        changes[key] = {"typeId": place.portal, "valueType": place.valued, "value": value[0]["VALUE"] if value else ""}
    return changes
