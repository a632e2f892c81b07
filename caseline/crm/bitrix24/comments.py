"""Messages on their way into the timelines of leads, and how they are found there again: by the key in their text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from caseline.crm.bitrix24 import letters
from caseline.crm.bitrix24.answers import Done, Held, Refused
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.delivery import Answers, Parcel, Told
from caseline.crm.bitrix24.items import PAGE, rows_of, value_of


@dataclass(frozen=True)
class Comments:
    """Comments send nothing to anybody, whatever letter they tell of; `fields` of a parcel holds the text."""

    portal: Portal
    source: str

    def calls(self, parcels: Sequence[Parcel]) -> Mapping[str, Call]:
        """See `Carrier`."""
        return {
            f"made{n}": Call("crm.timeline.comment.add", {"fields": self._fields(one)}) for n, one in enumerate(parcels)
        }

    def _fields(self, parcel: Parcel) -> dict[str, Any]:
        text = letters.fields(str(parcel.fields["text"]), self.source, parcel.origin)
        return {"ENTITY_ID": parcel.owner_id, "ENTITY_TYPE": "lead", **text}

    def told(self, parcels: Sequence[Parcel], answers: Answers) -> Told:
        """See `Carrier`."""
        told = Told()
        for n, parcel in enumerate(parcels):
            answer = answers.get(f"made{n}")
            if isinstance(answer, Done):
                told.made[parcel.origin] = int(answer.value)
            elif isinstance(answer, Refused):
                told.refused[parcel.origin] = (answer.code, answer.text)
            elif not isinstance(answer, Held | None):
                told.open.add(parcel.origin)
        return told

    def find(self, owners: Mapping[str, int | None]) -> dict[str, int]:
        """See `Carrier`: reads the timelines of their leads."""
        found: dict[str, int] = {}
        leads = sorted({owner for owner in owners.values() if owner is not None})
        for row in timelines(self.portal, leads):
            known = letters.keyed(str(row.get("COMMENT", "")))
            if known is not None and known[0] == self.source and known[1] in owners:
                number = int(row["ID"])
                found[known[1]] = min(number, found.get(known[1], number))
        return found


def timelines(portal: Portal, leads: Sequence[int]) -> Iterator[Mapping[str, Any]]:
    """All comments of these leads."""
    open_pages = dict.fromkeys(leads, 0)
    while open_pages:
        asked = {f"lead{lead}": _page(lead, after) for lead, after in open_pages.items()}
        answers = portal.read_many(asked)
        following = {}
        for lead in open_pages:
            rows = list(rows_of(value_of(answers[f"lead{lead}"])))
            yield from rows
            if len(rows) == PAGE:
                following[lead] = int(rows[-1]["ID"])
        open_pages = following


def _page(lead: int, after: int) -> Call:
    return Call(
        "crm.timeline.comment.list",
        {
            "filter": {"ENTITY_ID": lead, "ENTITY_TYPE": "lead", ">ID": after},
            "select": ["ID", "ENTITY_ID", "COMMENT"],
            "order": {"ID": "ASC"},
        },
    )
