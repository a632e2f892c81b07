"""crm.duplicate.findbycomm: records with a phone number or an address."""

from collections.abc import Iterator
from typing import Final

from caseline.portal_sandbox import catalogue, php
from caseline.portal_sandbox.call import Call, Method
from caseline.portal_sandbox.catalogue import COMPANY, CONTACT, LEAD, Kind
from caseline.portal_sandbox.php import Params
from caseline.portal_sandbox.refusals import old

_MOST_VALUES: Final = 20
_MOST_FOUND: Final = 20


def _key(sort: str, value: str) -> str:
    return "".join(filter(str.isdigit, value)) if sort == "PHONE" else value.strip().casefold()


def _matching(call: Call, kind: Kind, sort: str, wanted: set[str]) -> Iterator[int]:
    for number, row in call.portal.table(kind).rows.items():
        if any(_key(sort, item["VALUE"]) in wanted for item in row.get(sort, ())):
            yield number


def _find(call: Call) -> Params | list[int]:
    sort = php.text(call.params.get("type")).upper()
    values = [php.text(value) for value in php.rows(call.params.get("values"))]
    if sort not in {"EMAIL", "PHONE"}:
        raise old("Communication type is not defined")
    if not values or len(values) > _MOST_VALUES:
        raise old(f"From 1 to {_MOST_VALUES} values must be given")
    asked = php.text(call.params.get("entity_type")).lower()
    wanted = {_key(sort, value) for value in values}
    found: Params = {}
    for kind in (LEAD, CONTACT, COMPANY):
        if asked and catalogue.BY_NAME.get(asked) is not kind:
            continue
        numbers = list(_matching(call, kind, sort, wanted))
        if numbers:
            found[kind.name.upper()] = numbers[:_MOST_FOUND]
        if len(numbers) >= _MOST_FOUND:
            break  # a type with so many hits keeps later ones from being searched
    return found or []


METHODS: Final[dict[str, Method]] = {"crm.duplicate.findbycomm": _find}
