"""Dates and date-times of legacy files as SQL: read in the mapping's layouts and zone, impossible ones found."""

from typing import Final

import sqlalchemy as sa

from caseline.crm.vocabulary import Type
from staging import formats
from staging.checks import Check, Text, unread

CENTURIES: Final = ("19", "20", "21")
"""Years outside 1900-2199 are typing errors in a help desk."""
_FIRST: Final = sa.literal_column("timestamp '1900-01-01'", sa.DateTime)
_END: Final = sa.literal_column("timestamp '2200-01-01'", sa.DateTime)
_CANONICAL: Final = "____-__-__ __:__:__"
"""The layout in which PostgreSQL itself writes a moment; sessions write dates the ISO way (see caseline.db.engine)."""


def typed(kind: Type, layouts: list[str], zone: str, raw: Text) -> tuple[Text, list[Check]]:
    """(timestamptz or date, checks) for a text in one of `layouts`; a time without zone is in `zone`."""
    known = [formats.compile_format(layout) for layout in layouts]
    value: Text = sa.case(*((raw.like(layout.like), _read(layout, zone, raw)) for layout in known), else_=sa.null())
    if kind is Type.DATE:
        value = sa.cast(sa.func.timezone(zone, value), sa.Date)
    return value, [
        Check(
            "BAD_DATE",
            unread(raw, value),
            f"no possible date of 1900-2199 written as {' or '.join(layouts)}:"
            " correct it, or add its layout to the mapping",
        )
    ]


def _read(layout: formats.DateFormat, zone: str, raw: Text) -> Text:
    """The instant of a text that fits the LIKE pattern of `layout`, NULL when there is no such day or hour."""
    text = raw if layout.iso else _iso(layout, raw)
    possible = sa.func.pg_input_is_valid(text, "timestamp")
    # LIKE lets any sign stand for a digit, and PostgreSQL reads some of them ("+1:30").
    digits = sa.func.translate(raw, "0123456789", "") == layout.signs
    good = sa.and_(digits, _year(layout, raw).in_(CENTURIES), possible)
    if layout.iso and layout.like == _CANONICAL:
        # What comes out again as it went in needs no look at each sign, which costs twice as much.
        moment = sa.cast(raw, sa.DateTime)
        same = sa.case((possible, sa.and_(sa.cast(moment, sa.Text) == raw, moment >= _FIRST, moment < _END)))
        good = sa.or_(same, good)
    return sa.case((good, _instant(layout, zone, text)), else_=sa.null())


def _instant(layout: formats.DateFormat, zone: str, text: Text) -> Text:
    if layout.zoned or zone == "UTC":
        # Sessions run in UTC, so the plain cast is the cheapest right answer.
        return sa.cast(text, sa.DateTime(timezone=True))
    return sa.func.timezone(zone, sa.cast(text, sa.DateTime))


def _year(layout: formats.DateFormat, raw: Text) -> Text:
    start = next(position for name, position, _ in layout.pieces if name == "year")
    return sa.func.substr(raw, start, 2)


def _iso(layout: formats.DateFormat, raw: Text) -> Text:
    at = {name: sa.func.substr(raw, position, length) for name, position, length in layout.pieces}
    day = at["year"].concat("-").concat(at["month"]).concat("-").concat(at["day"])
    if not layout.timed:
        return day
    clock = at["hour"].concat(":").concat(at.get("minute", sa.literal("00")))
    for name, sign in (("second", ":"), ("fraction", ".")):
        clock = clock.concat(sign).concat(at[name]) if name in at else clock
    return day.concat(" ").concat(clock)
