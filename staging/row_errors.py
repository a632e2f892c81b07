"""Errors that rows get while they are loaded, as the JSON that stands on the row."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from staging import values
from staging.mapping import Part

Text = sa.ColumnElement[Any]


def no_key(part: Part) -> Text:
    """The key is empty."""
    text = "the key is empty: a record without it cannot be told from others; fill it in"
    nothing = sa.cast(sa.null(), sa.Text)
    return _errors({"code": "MISSING", "field": _key_columns(part), "value": nothing, "text": text})


def unfit_key(part: Part, key: Text) -> Text:
    """The key is empty, or so long that it can be none."""
    text = f"longer than {values.LONGEST_KEY:,} bytes: no key is; look for a quote or a delimiter that is missing"
    error: dict[str, str | Text] = {
        "code": "BAD_ID",
        "field": _key_columns(part),
        "value": sa.func.left(key, 200),
        "text": text,
    }
    return sa.case((key.is_(None), no_key(part)), else_=_errors(error))


def duplicate(part: Part, key: Text, line: Text, file: Text) -> Text:
    """The key stands already in a line of a file."""
    place = sa.literal("the id stands already in line ").concat(sa.cast(line, sa.Text)).concat(" of ").concat(file)
    text = place.concat(": the first one is imported; give this one an id of its own or remove it")
    return _errors({"code": "DUPLICATE", "field": _key_columns(part), "value": key, "text": text})


def _key_columns(part: Part) -> str:
    return ", ".join(part.key.column)


def _errors(error: dict[str, str | Text]) -> Text:
    pairs: list[Text] = []
    for name, said in error.items():
        pairs += [sa.literal(name, sa.Text), sa.literal(said, sa.Text) if isinstance(said, str) else said]
    return sa.func.jsonb_build_array(sa.func.jsonb_build_object(*pairs, type_=JSONB), type_=JSONB)
