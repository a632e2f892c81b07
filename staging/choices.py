"""Values out of a closed set as SQL: booleans, value maps, lists."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH

from staging.checks import BLANKS, Check, Text, unread
from staging.mapping import Mapping, Rule


def boolean(mapping: Mapping, raw: Text) -> tuple[Text, list[Check]]:
    """True or false, letter case aside."""
    low = sa.func.lower(raw)
    true, false = [v.lower() for v in mapping.true], [v.lower() for v in mapping.false]
    value = sa.case((low.in_(true), sa.true()), (low.in_(false), sa.false()), else_=sa.null())
    return value, [
        Check(
            "BAD_BOOLEAN",
            unread(raw, value),
            f"neither true ({', '.join(mapping.true)}) nor false ({', '.join(mapping.false)}):"
            " correct it, or extend `true`/`false` in the mapping",
        )
    ]


def mapped(rule: Rule, raw: Text) -> tuple[Text, list[Check]]:
    """The code that the value map of `rule` gives a text, and what to do with a text that it does not know."""
    table = rule.values or {}
    if rule.default is not None:
        # A default stands in the mapping as a code already (see staging.agreement).
        table = {rule.default: rule.default} | table
    fallback = raw if rule.unmapped == "keep" else sa.null()
    code = sa.case({known: sa.literal(code, sa.Text) for known, code in table.items()}, value=raw, else_=fallback)
    if rule.unmapped != "fail":
        return code, []
    return code, [
        Check(
            "UNKNOWN_VALUE",
            unread(raw, code),
            "the value map does not know this value: "
            "add it to `values` in the mapping, then `caseline retry --code UNKNOWN_VALUE`",
        )
    ]


def several(rule: Rule, raw: Text) -> tuple[Text, list[Check]]:
    """A JSON array of the texts between separators; a text that is one already stays so."""
    array = sa.and_(raw.like("[%"), sa.func.pg_input_is_valid(raw, "jsonb"))
    pieces = sa.func.array_remove(
        sa.func.regexp_split_to_array(sa.func.btrim(raw, BLANKS), rf"\s*{_escaped(rule.separator)}\s*"), ""
    )
    items = sa.func.jsonb_path_query_array(sa.cast(raw, JSONB), sa.cast('$[*] ? (@ != null && @ != "")', JSONPATH))
    found = sa.case((array, items), (raw.is_not(None), sa.func.to_jsonb(pieces)), else_=sa.null())
    return sa.func.nullif(found, sa.cast(sa.literal("[]"), JSONB)), []


def _escaped(separator: str) -> str:
    return "".join(f"\\{c}" if not c.isalnum() else c for c in separator)
