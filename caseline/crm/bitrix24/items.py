"""Leads, contacts and companies on their way into a portal, and how they are found there again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final, TypeVar

from caseline.crm.bitrix24.answers import Done, Held, Refused
from caseline.crm.bitrix24.calls import Call, needs_json
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.delivery import Answers, Parcel, Told
from caseline.crm.bitrix24.faults import PortalRefused, PortalStopped
from caseline.crm.bitrix24.places import TYPE_IDS
from caseline.crm.bitrix24.together import fault, faults, fitting, with_typed

T = TypeVar("T")
PAGE: Final = 50
"""Rows of one page; as many origins are asked for in one command."""
_SPECIAL: Final = {
    "STATUS_ID": "stageId",
    "DATE_CREATE": "createdTime",
    "DATE_MODIFY": "updatedTime",
    "EMAIL": "EMAIL",
    "PHONE": "PHONE",
    "WEB": "WEB",
}


@dataclass(frozen=True)
class Names:
    """What `crm.item.*` calls the fields of an entity."""

    said: Mapping[str, str] = field(default_factory=dict)
    """Upper-case name to the name of `crm.item.fields`."""

    def there(self, name: str) -> str:
        """The name for `crm.item.*`."""
        return _SPECIAL.get(name) or self.said.get(name) or camel(name)

    def outwards(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Fields by the names of `crm.item.import`."""
        return {self.there(name): value for name, value in fields.items()}

    def inwards(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """An item of `crm.item.list` by upper-case names, its typed values as lists of their type."""
        back = {there: name for name, there in self.said.items()} | {"stageId": "STATUS_ID"}
        found = {back.get(name, name): value for name, value in item.items() if name != "fm"}
        for one in item.get("fm") or ():
            values = found.setdefault(one["typeId"], [])
            values.append({"ID": one.get("id"), "VALUE": one["value"], "VALUE_TYPE": one["valueType"]})
        return found


def camel(name: str) -> str:
    """`UF_CRM_CL_NUMBER` as `ufCrmClNumber`, the portal's own rule."""
    first, *rest = name.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)


@dataclass(frozen=True)
class Items:
    """Records that carry ORIGINATOR_ID and ORIGIN_ID."""

    portal: Portal
    entity: str
    source: str
    names: Names
    imports: bool = True
    """By `crm.item.batchImport`, which starts no robots; otherwise by `crm.item.add`."""
    alone: set[str] = field(default_factory=set)
    """Origins that are sent in commands of their own."""
    _grouped: list[Any] = field(default_factory=lambda: [None, {}], repr=False)
    """The parcels that were grouped last, and their groups: what was sent is what the answers are about."""
    taken: set[str] = field(default_factory=set)
    """Origins whose import was answered well, and which were not found yet."""

    def calls(self, parcels: Sequence[Parcel]) -> Mapping[str, Call]:
        """Imports, and after them questions for every origin: the ids are those that the portal has noted under it."""
        groups = self._groups(parcels)
        asking = [one.origin for group in groups.values() if len(group) > 1 for one in group]
        return {key: self._making(group) for key, group in groups.items()} | {
            f"there{n}": asked(self.entity, self.source, piece) for n, piece in enumerate(pieces(asking, PAGE))
        }

    def _groups(self, parcels: Sequence[Parcel]) -> dict[str, Sequence[Parcel]]:
        """What goes into one command, by its key; alone goes what would take others along when it is refused."""
        if self._grouped[0] is not parcels:
            self._grouped[:] = [parcels, self._group(parcels)]
        groups: dict[str, Sequence[Parcel]] = self._grouped[1]
        return groups

    def _group(self, parcels: Sequence[Parcel]) -> dict[str, Sequence[Parcel]]:
        groups: list[Sequence[Parcel]] = []
        # The order stays: what goes alone is not overtaken.
        for alone, run in groupby(parcels, self._alone):
            together = list(run)
            groups += ([one] for one in together) if alone else fitting(together)
        return {f"made{n}": group for n, group in enumerate(groups)}

    def _alone(self, parcel: Parcel) -> bool:
        return not self.imports or parcel.origin in self.alone or self._outside(parcel)

    def _outside(self, parcel: Parcel) -> bool:
        """Whether it cannot go into a batch, so that a question in the same batch would come too early for it."""
        return needs_json(self._making([parcel]))

    def _making(self, parcels: Sequence[Parcel]) -> Call:
        type_id = TYPE_IDS[self.entity]
        if self.imports:
            data = [self._fields(parcel) for parcel in parcels]
            return Call("crm.item.batchImport", {"entityTypeId": type_id, "data": data})
        return Call("crm.item.add", {"entityTypeId": type_id, "fields": with_typed(self._fields(parcels[0]))})

    def _fields(self, parcel: Parcel) -> dict[str, Any]:
        return {"originatorId": self.source, "originId": parcel.origin} | self.names.outwards(parcel.fields)

    def told(self, parcels: Sequence[Parcel], answers: Answers) -> Told:
        """What is there under its origin is made, whatever the answer to its import said.

        That something is absent proves nothing here: the question may have been answered before the import was.
        """
        told = Told()
        groups = self._groups(parcels)
        asking = [one.origin for group in groups.values() if len(group) > 1 for one in group]
        for n, piece in enumerate(pieces(asking, PAGE)):
            answer = answers.get(f"there{n}")
            if isinstance(answer, Done):
                told.made |= by_origin(list(rows_of(answer.value)), piece)
        for key, group in groups.items():
            if len(group) > 1:
                self._judge(group, answers.get(key), told)
            else:
                self._judge_alone(group[0], answers.get(key), told)
        return told

    def _judge(self, parcels: Sequence[Parcel], answer: object, told: Told) -> None:
        left = {number: one.origin for number, one in enumerate(parcels) if one.origin not in told.made}
        if isinstance(answer, Refused):
            # One of them may be at fault for all.
            self.alone.update(left.values())
            return
        if isinstance(answer, Held | None):
            return
        faulty = faults(answer)
        for number, origin in left.items():
            if number in faulty:
                told.refused[origin] = faulty[number]
            else:
                told.open.add(origin)
        if isinstance(answer, Done):
            self.taken.update(told.open & set(left.values()))

    def _judge_alone(self, parcel: Parcel, answer: object, told: Told) -> None:
        """The id of a single record stands under the key of its command."""
        if isinstance(answer, Refused):
            told.refused[parcel.origin] = (answer.code, answer.text)
        elif isinstance(answer, Done):
            (one,) = rows_of(answer.value) if self.imports else (answer.value,)
            if "error" in one:
                told.refused[parcel.origin] = fault(one)
            else:
                told.made[parcel.origin] = int(one["item"]["id"])
        elif not isinstance(answer, Held | None):
            told.open.add(parcel.origin)

    def find(self, owners: Mapping[str, int | None]) -> dict[str, int]:
        """See `Carrier`. Stops the run where the portal has taken a record and does not find it by its origin."""
        found = found_by_origin(self.portal, self.entity, self.source, list(owners))
        lost = sorted(self.taken & owners.keys() - found.keys())
        if lost:
            raise PortalStopped(
                f"the portal has taken {self.entity} {lost[0]} and does not find it by its ORIGIN_ID: sending on would"
                " make doubles. Look whether somebody deletes records there, then start again"
            )
        return found


def asked(entity: str, source: str, origins: Sequence[str], after: int = 0) -> Call:
    """The question for the ids of at most `PAGE` origins."""
    wanted = {"=originatorId": source, "@originId": list(origins), ">id": after}
    params = {
        "entityTypeId": TYPE_IDS[entity],
        "filter": wanted,
        "select": ["id", "originId"],
        "order": {"id": "ASC"},
        "start": -1,
    }
    return Call("crm.item.list", params)


def found_by_origin(portal: Portal, entity: str, source: str, origins: Sequence[str]) -> dict[str, int]:
    """Ids by origin, the lowest where one is there twice.

    A page that is full is followed by another one: origins that differ in capitals only may fill it.
    """
    found: dict[str, int] = {}
    open_pages = {f"page{n}": (list(piece), 0) for n, piece in enumerate(pieces(origins, PAGE))}
    while open_pages:
        answers = portal.read_many(
            {key: asked(entity, source, piece, after) for key, (piece, after) in open_pages.items()}
        )
        following = {}
        for key, answer in answers.items():
            rows = list(rows_of(value_of(answer)))
            piece = open_pages[key][0]
            found = by_origin(rows, piece) | found
            if len(rows) == PAGE:
                following[key] = (piece, int(rows[-1]["id"]))
        open_pages = following
    return found


def by_origin(rows: Sequence[Mapping[str, Any]], origins: Sequence[str]) -> dict[str, int]:
    """Ids of the rows whose origin is one of `origins`, to the letter: the portal does not tell capitals apart."""
    wanted = set(origins)
    found: dict[str, int] = {}
    for row in rows:
        origin = str(row.get("originId"))
        if origin in wanted:
            found[origin] = min(int(row["id"]), found.get(origin, int(row["id"])))
    return found


def rows_of(value: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - whatever a portal answers
    """Rows of a list, wrapped or not; an empty map of PHP is an empty list."""
    found = value.get("items", []) if isinstance(value, Mapping) else value
    yield from found or ()


def value_of(answer: Done | Refused) -> Any:  # noqa: ANN401 - whatever a portal answers
    """The value, or the refusal as an exception."""
    if isinstance(answer, Refused):
        raise PortalRefused(answer.code, answer.text)
    return answer.value


def pieces(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items in pieces of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))
