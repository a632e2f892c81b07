"""Turns the rules of a mapping into SQL: what a value becomes, and every way in which it can be bad."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from caseline.crm import vocabulary
from caseline.crm.vocabulary import Type
from staging import amounts, choices, dates
from staging.checks import BLANKS, Check, Text, missing
from staging.mapping import Key, Mapping, Part, Rule

LONGEST_KEY = 1000
"""Bytes of a key that an index entry certainly has room for."""
OWN = "caseline_"
"""Columns that `caseline rejects` adds begin so."""


@dataclass(frozen=True, slots=True)
class Value:
    """A field of a record as SQL over the landing row `l` and the row of its reference."""

    name: str
    type: Type
    raw: Text
    expression: Text
    column: str
    """Source columns, as errors name them."""
    checks: tuple[Check, ...] = ()
    reference: "Reference | None" = None

    @property
    def wide(self) -> bool:
        """Plain text: read from the landing row at the very end instead of being carried along."""
        return self.type is Type.TEXT


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference by source key to another part."""

    part: str
    key: Text
    itself: bool
    """Points at the same part: the target may come later in the file."""
    strict: bool
    """A target that does not exist is an error."""


@dataclass(frozen=True)
class Columns:
    """The landing row of one layout: columns by source name; absent ones are NULL."""

    texts: dict[str, Text]
    nulls: tuple[str, ...] = ()
    _seen: dict[str, Text] = field(default_factory=dict)

    def raw(self, name: str) -> Text:
        """The text of a source column, the mapping's null signs taken as NULL."""
        if name not in self.texts:
            return sa.cast(sa.null(), sa.Text)
        if name not in self._seen:
            column = self.texts[name]
            for sign in self.nulls:
                column = sa.func.nullif(column, sign)
            self._seen[name] = column
        return self._seen[name]

    def joined(self, names: list[str], separator: str) -> Text:
        """Several columns as one text, blank ones left out."""
        if len(names) == 1:
            return self.raw(names[0])
        pieces = [sa.func.nullif(sa.func.btrim(self.raw(name), BLANKS), "") for name in names]
        return sa.func.nullif(sa.func.concat_ws(separator, *pieces), "")


def key(rule: Key, columns: Columns) -> Text:
    """The key of a record; NULL when blank."""
    found = _key_text(rule, columns.joined(list(rule.column), "|"))
    if rule.otherwise:
        found = sa.func.coalesce(found, _key_text(rule, columns.joined(list(rule.otherwise), "|")))
    return found


def usable(key: Text) -> Text:
    """The key, or NULL when it is longer than an index can hold."""
    return sa.case((sa.func.octet_length(key) <= LONGEST_KEY, key), else_=sa.null())


def _key_text(rule: Key, raw: Text) -> Text:
    if rule.fold:
        spaced = sa.func.regexp_replace(sa.func.btrim(raw, BLANKS), r"\s+", " ", "g")
        return sa.func.nullif(sa.func.lower(sa.func.translate(spaced, "ёЁ", "ее")), "")
    trimmed = sa.func.nullif(sa.func.btrim(raw, BLANKS), "")
    if rule.ids == "salesforce":
        # The usual 18 characters pass as they are; only short ids are computed, only odd ones trimmed.
        short = sa.case((sa.func.octet_length(trimmed) == 15, sa.func.staging.id18(trimmed)), else_=trimmed)  # noqa: PLR2004
        usual = sa.and_(sa.func.octet_length(raw) == 18, raw.not_like("% %"))  # noqa: PLR2004
        return sa.case((usual, raw), else_=short)
    return trimmed


def fields(mapping: Mapping, name: str, columns: Columns) -> Iterator[Value]:
    """The core fields of part `name`, in the register's order; unmapped ones are left out.

    So are those whose columns a delta lacks: what an earlier export said of them stays.
    """
    part = mapping.parts[name]
    for core in vocabulary.ENTITIES[part.entity]:
        rule = part.fields.get(core.name)
        required = core.required or (rule is not None and rule.required)
        if rule is not None and (required or _present(rule, columns)):
            yield value(
                core.name, core.type, rule.model_copy(update={"required": required}), _Place(mapping, name, columns)
            )


def _present(rule: Rule, columns: Columns) -> bool:
    return not rule.column or rule.default is not None or any(column in columns.texts for column in rule.column)


@dataclass(frozen=True, slots=True)
class _Place:
    mapping: Mapping
    part: str
    columns: Columns


def typed_extras(mapping: Mapping, name: str, columns: Columns) -> Iterator[Value]:
    """The extra fields of part `name` that have a rule."""
    for extra, rule in mapping.parts[name].extra.items():
        if rule.required or _present(rule, columns):
            yield value(extra, rule.type or Type.TEXT, rule, _Place(mapping, name, columns))


def extras(mapping: Mapping, name: str, columns: Columns) -> Iterator[Value]:
    """The typed extra fields of part `name`, then the columns kept as they are."""
    part = mapping.parts[name]
    yield from typed_extras(mapping, name, columns)
    for column in kept(part, frozenset(columns.texts)):
        raw = columns.raw(column)
        yield Value(column, Type.TEXT, raw, raw, column)


def kept(part: Part, header: frozenset[str]) -> list[str]:
    """Columns of `header` that go into extra fields as plain text, in alphabetical order."""
    if part.keep != "*":
        return [column for column in part.keep if column in header and column not in part.extra]
    used = {*part.key.column, *part.key.otherwise, *part.ignore, *part.extra}
    used |= {column for rule in [*part.fields.values(), *part.extra.values()] for column in rule.column}
    used |= {skip.column for skip in part.skip}
    return sorted(column for column in header - used if not column.startswith(OWN))


_SCALARS: Final = {Type.DATE, Type.DATETIME, Type.BOOLEAN, Type.INTEGER, Type.NUMBER, Type.MONEY}
"""What a value map may put into words that are then read by their type."""


def value(name: str, kind: Type, rule: Rule, place: _Place) -> Value:
    """One field by its rule."""
    columns, mapping = place.columns, place.mapping
    raw = _raw(rule, columns)
    seen = ", ".join(rule.column) or name
    if rule.to is not None:
        return _reference(name, rule, place, raw)
    expression, checks = _read(kind, rule, mapping, raw)
    if rule.required:
        checks.append(
            Check("MISSING", missing(raw), f"{name} must not be empty: fill it in, or give a `default` in the mapping")
        )
    return Value(name, kind, raw, expression, seen, tuple(checks))


def _raw(rule: Rule, columns: Columns) -> Text:
    raw = (
        sa.literal(rule.value, sa.Text)
        if rule.value is not None
        else columns.joined(rule.column, rule.join)
        if rule.column
        else sa.cast(sa.null(), sa.Text)
    )
    if rule.default is not None:
        raw = sa.case((missing(raw), rule.default), else_=raw)
    return raw


def _read(kind: Type, rule: Rule, mapping: Mapping, raw: Text) -> tuple[Text, list[Check]]:
    if rule.values is None or kind not in _SCALARS:
        return _typed(kind, rule, mapping, raw)
    word, unknown = choices.mapped(rule, raw)
    expression, bad = _typed(kind, rule, mapping, word)
    return expression, [*unknown, *bad]


def _typed(kind: Type, rule: Rule, mapping: Mapping, raw: Text) -> tuple[Text, list[Check]]:
    if kind in {Type.DATE, Type.DATETIME}:
        return dates.typed(kind, list(rule.formats or mapping.dates), rule.zone or mapping.zone or "UTC", raw)
    if kind is Type.BOOLEAN:
        return choices.boolean(mapping, raw)
    if kind in {Type.INTEGER, Type.NUMBER, Type.MONEY}:
        return amounts.typed(kind, rule, mapping, raw)
    if kind is Type.MULTI_LIST:
        return choices.several(rule, raw)
    if rule.values is not None:
        return choices.mapped(rule, raw)
    return _text(rule, raw)


def _text(rule: Rule, raw: Text) -> tuple[Text, list[Check]]:
    if rule.max is None:
        return raw, []
    if rule.too_long == "cut":
        # A long text is stored compressed, and its length in bytes is known without opening it: most pass as they are.
        return sa.case((sa.func.octet_length(raw) <= rule.max, raw), else_=sa.func.left(raw, rule.max)), []
    # octet_length costs nothing, so characters are counted only where they could be too many.
    bad = sa.and_(raw.is_not(None), sa.func.octet_length(raw) > rule.max, sa.func.char_length(raw) > rule.max)
    return raw, [
        Check("TOO_LONG", bad, f"longer than {rule.max} characters: shorten it, or say `too_long: cut` in the mapping")
    ]


def _reference(name: str, rule: Rule, place: _Place, raw: Text) -> Value:
    target = place.mapping.parts[rule.to or ""]
    if rule.here:
        found = key(target.key, place.columns)
        seen = ", ".join(target.key.column)
    else:
        found = _key_text(target.key, raw)
        seen = ", ".join(rule.column)
    if rule.unless_prefix is not None:
        found = sa.case((sa.func.starts_with(found, rule.unless_prefix), sa.null()), else_=found)
    checks = (
        (Check("MISSING", found.is_(None), f"{name} must not be empty: every such record needs it"),)
        if rule.required
        else ()
    )
    reference = Reference(rule.to or "", found, itself=rule.to == place.part, strict=rule.missing == "fail")
    return Value(name, Type.REFERENCE, found, sa.cast(sa.null(), sa.BigInteger), seen, checks, reference)
