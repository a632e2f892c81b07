"""What goes into one command that makes records, and what is wrong with which of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from caseline.crm.bitrix24.answers import Done
from caseline.crm.bitrix24.calls import MOST_VALUES
from caseline.crm.bitrix24.delivery import Parcel

TOGETHER: Final = 20
"""Records of one `crm.item.batchImport` (the portal's own limit)."""
_BESIDE: Final = 10
"""Values of a command besides those of its records."""


def faults(answer: object) -> dict[int, tuple[str, str]]:
    """(code, text) by place in the set of records that was sent."""
    value = answer.value if isinstance(answer, Done) else None
    listed = value.get("items") or () if isinstance(value, Mapping) else ()
    return {number: fault(one) for number, one in enumerate(listed) if "error" in one}


def fault(one: Mapping[str, Any]) -> tuple[str, str]:
    """The portal's code and text of one refused record."""
    return str(one["error"]), str(one.get("error_description", ""))


def fitting(parcels: Sequence[Parcel]) -> Iterator[Sequence[Parcel]]:
    """Parcels for one command each: no more than the portal imports together, and than PHP reads from a command."""
    group: list[Parcel] = []
    weight = 0
    for parcel in parcels:
        values = 2 + sum(_values(value) for value in parcel.fields.values())
        if group and (len(group) == TOGETHER or weight + values > MOST_VALUES - _BESIDE):
            yield group
            group, weight = [], 0
        group.append(parcel)
        weight += values
    if group:
        yield group


def _values(value: object) -> int:
    if not isinstance(value, list):
        return 1
    return sum(len(one) if isinstance(one, Mapping) else 1 for one in value) or 1


def with_typed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as `crm.item.add` wants them, typed values in `fm`."""
    plain = {name: value for name, value in fields.items() if name not in {"EMAIL", "PHONE", "WEB"}}
    typed = [
        {"typeId": name, "valueType": one["VALUE_TYPE"], "value": one["VALUE"]}
        for name in ("EMAIL", "PHONE", "WEB")
        for one in fields.get(name) or ()
    ]
    return plain | ({"fm": typed} if typed else {})
