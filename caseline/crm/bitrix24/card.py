"""The arrangement of a record's card: our fields in a section of their own, everything else as people left it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.labels import SECTION

Section = Mapping[str, Any]
_USUAL: Final[dict[str, dict[str, str]]] = {
    "request": {
        "main": "TITLE STATUS_ID OPPORTUNITY_WITH_CURRENCY CLIENT HONORIFIC LAST_NAME NAME SECOND_NAME BIRTHDATE POST"
        " PHONE EMAIL WEB IM COMPANY_TITLE ADDRESS",
        "additional": "SOURCE_ID SOURCE_DESCRIPTION OPENED ASSIGNED_BY_ID OBSERVER COMMENTS UTM",
        "products": "PRODUCT_ROW_SUMMARY",
    },
    "contact": {
        "main": "PHOTO HONORIFIC LAST_NAME NAME SECOND_NAME BIRTHDATE POST PHONE EMAIL WEB IM COMPANY ADDRESS"
        " REQUISITES",
        "additional": "TYPE_ID SOURCE_ID SOURCE_DESCRIPTION OPENED EXPORT ASSIGNED_BY_ID OBSERVER COMMENTS UTM",
    },
    "company": {
        "main": "TITLE LOGO COMPANY_TYPE INDUSTRY REVENUE_WITH_CURRENCY PHONE EMAIL WEB IM CONTACT ADDRESS REQUISITES",
        "additional": "EMPLOYEES OPENED ASSIGNED_BY_ID OBSERVER COMMENTS UTM",
    },
}
"""What a card shows that nobody has arranged: an arrangement that left it out would hide it."""
_TITLES: Final = {"main": "Основное", "additional": "Дополнительно", "products": "Товары"}
VARIANTS: Final[dict[str, tuple[Mapping[str, Any], ...]]] = {
    "request": ({"leadCustomerType": 1}, {"leadCustomerType": 2}),
    "contact": ({},),
    "company": ({},),
}
"""Cards of an entity: new leads and those of known clients have cards of their own."""


def asking(type_id: int, variant: Mapping[str, Any]) -> Call:
    """Asks for the arrangement that all people share."""
    return Call("crm.item.details.configuration.get", _place(type_id, variant))


def setting(type_id: int, variant: Mapping[str, Any], sections: Sequence[Section]) -> Call:
    """Writes it; a second time it changes nothing."""
    params = {**_place(type_id, variant), "data": [_plain(section) for section in sections]}
    return Call("crm.item.details.configuration.set", params)


def _place(type_id: int, variant: Mapping[str, Any]) -> dict[str, Any]:
    return {"entityTypeId": type_id, "scope": "C"} | ({"extras": dict(variant)} if variant else {})


def read(answer: Any) -> list[Section]:  # noqa: ANN401 - whatever the portal answers
    """The sections; none where nobody has arranged the card. PHP writes some lists as maps."""
    return [dict(each) for each in _rows(answer) if isinstance(each, Mapping)]


def unplaced(sections: Sequence[Section], fields: Sequence[str]) -> list[str]:
    """Those of the fields that stand in no section."""
    there = {str(element.get("name")) for section in sections for element in _rows(section.get("elements"))}
    return [name for name in fields if name not in there]


def arranged(
    entity: str, sections: Sequence[Section], fields: Sequence[str], others: Collection[str]
) -> list[Section] | None:
    """The card with our fields; None when nothing is to be changed.

    `others`: user fields that are not ours. They stand on a card that nobody has arranged, and stay there.
    """
    new = unplaced(sections, fields)
    if not new:
        return None
    whole = list(sections) or _usual(entity, sorted(others))
    elements = [{"name": name, "optionFlags": 0} for name in new]
    for number, section in enumerate(whole):
        if section.get("name") == SECTION:
            whole[number] = {**section, "elements": [*_rows(section.get("elements")), *elements]}
            return whole
    return [*whole, {"name": SECTION, "title": SECTION, "type": "section", "elements": elements}]


def _usual(entity: str, others: Sequence[str]) -> list[Section]:
    names = {name: words.split() for name, words in _USUAL[entity].items()}
    names["additional"] += others
    return [
        {"name": name, "title": _TITLES[name], "type": "section", "elements": [{"name": one} for one in listed]}
        for name, listed in names.items()
    ]


def _plain(section: Section) -> dict[str, Any]:
    """A section without the empty maps of PHP, which a query cannot say."""
    elements = [{key: value for key, value in one.items() if value not in ([], {}, None)} for one in _elements(section)]
    rest = {key: value for key, value in section.items() if key != "elements" and value not in ([], {}, None)}
    return rest | ({"elements": elements} if elements else {})


def _elements(section: Section) -> list[Mapping[str, Any]]:
    return [one for one in _rows(section.get("elements")) if isinstance(one, Mapping)]


def _rows(value: Any) -> list[Any]:  # noqa: ANN401 - whatever the portal answers
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else []
