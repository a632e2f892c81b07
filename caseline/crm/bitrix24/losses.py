"""What an export would lose in a portal: rules, without the SQL that counts by them."""

from collections.abc import Iterator, Sequence
from typing import Final

from caseline.crm.bitrix24 import letters, places
from caseline.crm.bitrix24.places import Kind, Place
from caseline.crm.losing_rules import Listed, Probe, Rule

STRING_BYTES: Final = 65_535
"""Bytes of a user field of text."""
DIGITS: Final = 15
"""Significant digits that a double keeps for certain."""
DECIMALS: Final = 4
"""Decimals of a user field of numbers, as we make it."""
LARGEST: Final = 2_147_483_647
"""The largest whole number of a user field."""
ROOM_FOR_HEAD: Final = 4_000
"""Bytes of a comment that its head and its key may take."""
_WHOLE: Final = "nothing: the whole text goes into a user field beside it"
_CUT: Final = "shorten it in the source, or keep it elsewhere: the portal would cut it"
_BESIDE: Final = "nothing: it stays in the register beside the portal"
_LISTS: Final = frozenset({Kind.CHOICE, Kind.CHOICES, Kind.SOURCE})
_SHORTENED: Final = "nothing: the whole text goes along as a file of the comment"


def of(entity: str, placed: Sequence[Place]) -> list[Rule]:
    """What records of an entity may lose."""
    if entity == "message":
        return list(_of_messages())
    return [rule for place in placed for rule in _of_place(entity, place)]


def _of_place(entity: str, place: Place) -> Iterator[Rule]:
    field, kind = place.field, place.kind
    if kind is Kind.TEXT:
        yield Rule(entity, field, Probe.LETTERS, place.limit, f"longer than {place.limit} signs: cut", _WHOLE)
    elif kind is Kind.NAME:
        yield Rule(entity, field, Probe.NAME, place.limit, f"a name longer than {place.limit} signs: cut", _WHOLE)
    if kind in {Kind.TEXT, Kind.NAME} or kind is Kind.LONG:
        text = f"longer than {STRING_BYTES:,} bytes"
        yield Rule(entity, field, Probe.BYTES, STRING_BYTES, text, _CUT, extra=place.extra, kept=False)
    if kind is Kind.MULTI:
        if place.portal == "EMAIL":
            remedy = "correct it in the source: the portal may refuse the record for it"
            yield Rule(entity, field, Probe.MAIL, 0, "no mail address", remedy, kept=False)
        text = f"longer than {places.TEXT_LIMIT} signs"
        yield Rule(entity, field, Probe.LETTERS, places.TEXT_LIMIT, text, _CUT, kept=False)
    if kind is Kind.NUMBER:
        text, exact = f"more than {DIGITS} digits: rounded", "map it as text: the last digits would be lost"
        yield Rule(entity, field, Probe.DIGITS, DIGITS, text, exact, extra=place.extra, kept=False)
        text = f"more than {DECIMALS} decimals: rounded"
        yield Rule(entity, field, Probe.DECIMALS, DECIMALS, text, _BESIDE, extra=place.extra)
    if kind is Kind.INTEGER:
        text = f"beyond {LARGEST:,}"
        remedy = "map it as text: the portal may cut it"
        yield Rule(entity, field, Probe.WHOLE, LARGEST, text, remedy, extra=place.extra, kept=False)


def _of_messages() -> Iterator[Rule]:
    limit = letters.LONGEST - ROOM_FOR_HEAD
    text = f"longer than about {limit:,} bytes: shortened"
    yield Rule("message", "text", Probe.BYTES, limit, text, _SHORTENED)
    for field in ("html", "mail_id", "thread_id"):
        yield Rule("message", field, Probe.FILLED, 0, "a comment does not keep it", _BESIDE)
    yield Rule("message", "extra", Probe.FILLED, 0, "a comment keeps no extra fields", _BESIDE)


def listed(placed: Sequence[Place]) -> list[Listed]:
    """The fields whose values a portal keeps as items of a list."""
    return [
        Listed(one.field, extra=one.extra, several=one.kind is Kind.CHOICES) for one in placed if one.kind in _LISTS
    ]


HOUSE: Final = {
    "person": "persons are not made in the portal: their names stand on the records",
    "group": "groups are not made in the portal: their names stand on the records",
    "history": "the portal lets nobody write history: it stays in the register beside it",
    "service": "services are not made in the portal: they stay in the register beside it",
    "agreement": "agreements are not made in the portal: they stay in the register beside it",
}
"""What a portal does not take at all."""
