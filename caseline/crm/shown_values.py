"""Writes values of fields for reading, as the language of the reader writes them."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from caseline.crm import field_files, field_values
from caseline.crm.field_faults import RUSSIAN
from caseline.crm.field_values import Reader, Value
from caseline.crm.request_fields import RequestField
from caseline.crm.vocabulary import Type


def shown(field: RequestField, value: Value, reader: Reader) -> str:
    """A value for reading; references are named by whoever knows them."""
    russian = reader.language == RUSSIAN
    if field.type is Type.FILE:
        return ", ".join(field_files.names(value))
    if isinstance(value, bool):
        return ("да" if value else "нет") if russian else ("yes" if value else "no")
    if isinstance(value, int | float) and field.type is not Type.REFERENCE:
        digits = f"{Decimal(repr(value)):,.2f}" if field.type is Type.MONEY else f"{Decimal(repr(value)):,f}"
        return digits.replace(",", "\u00a0").replace(".", ",") if russian else digits
    if field.type in {Type.DATE, Type.DATETIME} and isinstance(value, str):
        return _time_shown(field, value, reader)
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _time_shown(field: RequestField, value: str, reader: Reader) -> str:
    at = field_values.instant(value)
    if at is None:
        return value
    local = at.astimezone(ZoneInfo(reader.zone)) if field.type is Type.DATETIME else at
    day = f"{local:%d.%m.%Y}" if reader.language == RUSSIAN else f"{local:%Y-%m-%d}"
    return f"{day} {local:%H:%M}" if field.type is Type.DATETIME else day
