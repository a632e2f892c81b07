"""Extra fields of companies and contacts: as their cards show them, and as their forms read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from caseline.actions.see_clients import Shown
from caseline.crm import field_values, shown_values
from caseline.crm.clients import Client
from caseline.crm.field_faults import RUSSIAN, Misread
from caseline.crm.field_values import Reader
from caseline.crm.request_fields import RequestField
from caseline.crm.vocabulary import Type
from caseline.web.desk import value_words
from caseline.web.desk.visit import Visit

_CONTROLS: Final = {
    Type.DATE: "date",
    Type.DATETIME: "datetime-local",
    Type.BOOLEAN: "boolean",
    Type.LIST: "list",
    Type.MULTI_LIST: "several",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """An extra field of the form."""

    name: str
    label: str
    kind: str
    value: str
    choices: Sequence[str]


def lines(visit: Visit, found: Shown) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(label, value) of the extra fields that are filled in, and of those that nobody has described, called by key."""
    held = found.client.extra
    known = {one.name: one for one in found.fields}
    names = [*(name for name in known if name in held), *sorted(name for name in held if name not in known)]
    said: list[tuple[str, str]] = []
    kept: list[tuple[str, str]] = []
    for name in names:
        one = known.get(name)
        text = (
            shown_values.shown(one, held[name], _reader(visit))
            if one
            else value_words.said(visit.texts, "", held[name], {})
        )
        if text:
            (said if one and not one.kept else kept).append((one.label or name if one else name, text))
    return said, kept


def controls(visit: Visit, fields: Sequence[RequestField], client: Client | None) -> list[Extra]:
    """The extra fields of the form, with what was typed or what is kept."""
    return [_control(visit, one, client) for one in fields if one.type is not Type.REFERENCE]


def _control(visit: Visit, one: RequestField, client: Client | None) -> Extra:
    kept = field_values.text(one, client.extra.get(one.name) if client else None, _reader(visit))
    typed = visit.form.getlist(one.key)
    value = ";".join(str(each) for each in typed) if typed else kept
    kind = _CONTROLS.get(one.type, "text")
    # What an import brought may be none of the choices; it must not be lost.
    choices = [*one.choices, *([value] if kind == "list" and value and value not in one.choices else [])]
    return Extra(
        name=one.key,
        label=one.label or one.name,
        kind="text" if kind in {"list", "several"} and not one.choices else kind,
        value=value,
        choices=choices,
    )


def typed(
    visit: Visit, fields: Sequence[RequestField], client: Client | None
) -> tuple[Mapping[str, Any], Sequence[str]]:
    """(changed extra fields by name, what is wrong with them); what nobody has touched stays as it is."""
    values: dict[str, Any] = {}
    faults = []
    for one in fields:
        given = [each for each in visit.form.getlist(one.key) if isinstance(each, str)]
        kept = field_values.text(one, client.extra.get(one.name) if client else None, _reader(visit))
        if not given or field_values.same(";".join(given), kept):
            continue
        try:
            values[one.name] = field_values.read(one, given if len(given) > 1 else given[0], _reader(visit))
        except Misread as error:
            words = error.words()[visit.texts.language == RUSSIAN]
            faults.append(f"{one.label or one.name}: {words}")
    return values, faults


def _reader(visit: Visit) -> Reader:
    return Reader(zone=visit.texts.zone, language=visit.texts.language)
