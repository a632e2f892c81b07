"""Numbers of legacy files as SQL: read with the mapping's decimal and thousands signs, impossible ones found."""

import sqlalchemy as sa

from caseline.crm.vocabulary import Type
from staging.checks import Check, Text, unread
from staging.mapping import Mapping, Rule


def typed(kind: Type, rule: Rule, mapping: Mapping, raw: Text) -> tuple[Text, list[Check]]:
    """(bigint or numeric, checks) for a text with the mapping's decimal and thousands signs."""
    thousands = rule.thousands if rule.thousands is not None else mapping.thousands
    plain = raw
    for sign in thousands or "":
        plain = sa.func.replace(plain, sign, "")
    if (rule.decimal or mapping.decimal) == ",":
        # A full stop is then a mistake, not a decimal point; but JSON's own numbers have points, whatever texts have.
        plain = sa.func.translate(plain, ",.", ".x") if mapping.format == "csv" else sa.func.translate(plain, ",", ".")
    # [0-9], not \d: in some locales that means the digits of every script, which the cast does not take.
    whole, fraction = r"^[+-]?[0-9]{1,18}(\.0*)?$", r"^[+-]?([0-9]{1,30}(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
    pattern = whole if kind is Type.INTEGER else fraction
    good = plain.regexp_match(pattern)
    number = sa.cast(plain, sa.Numeric)
    value = sa.case((good, sa.cast(number, sa.BigInteger) if kind is Type.INTEGER else number), else_=sa.null())
    bad = unread(raw, value)
    name = "a whole number" if kind is Type.INTEGER else "a number"
    return value, [Check("BAD_NUMBER", bad, f"not {name}: correct it, or set `decimal` and `thousands` in the mapping")]
