"""What the register should hold for the records of a part, worked out from their texts by the mapping."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from caseline.crm import vocabulary
from caseline.crm.vocabulary import Type
from staging.audit.faulty import Faulty
from staging.audit.interpret import BLANK, Reader, Values, is_blank
from staging.audit.keys import SALESFORCE, key_of
from staging.audit.records import Table, Texts
from staging.mapping import Key, Mapping, Part, Rule

OURS = "caseline_"
"""Columns that `caseline rejects` adds begin so."""


@dataclass(frozen=True)
class Field:
    """A field of the register and how the mapping fills it."""

    name: str
    type: Type
    rule: Rule
    required: bool
    reader: Reader


@dataclass(frozen=True, slots=True)
class Said:
    """What the texts of some records say, by field."""

    size: int
    core: dict[str, Values]
    """References are the keys of their targets."""
    extra: dict[str, Values]

    def only(self, numbers: Sequence[int]) -> "Said":
        """The same of some of them."""
        if len(numbers) == self.size:
            return self
        core, extra = (
            {name: [column[n] for n in numbers] for name, column in columns.items()}
            for columns in (self.core, self.extra)
        )
        return Said(len(numbers), core, extra)


@dataclass(frozen=True)
class Expected:
    """How the records of one part are read."""

    mapping: Mapping
    name: str

    @property
    def part(self) -> Part:
        """The part's rules."""
        return self.mapping.parts[self.name]

    @property
    def nothing(self) -> frozenset[str]:
        """Texts that mean that there is none."""
        return frozenset({"", *self.mapping.nulls})

    @cached_property
    def core(self) -> dict[str, Field]:
        """The core fields that the mapping fills."""
        known = vocabulary.ENTITIES[self.part.entity]
        found = [
            self._field(core.name, core.type, self.part.fields[core.name], required=core.required)
            for core in known
            if core.name in self.part.fields
        ]
        return {field.name: field for field in found}

    @cached_property
    def typed(self) -> dict[str, Field]:
        """The extra fields with a rule."""
        rules = self.part.extra.items()
        return {name: self._field(name, rule.type or Type.TEXT, rule, required=False) for name, rule in rules}

    def _field(self, name: str, kind: Type, rule: Rule, *, required: bool) -> Field:
        needed = required or rule.required
        return Field(name, kind, rule, needed, Reader(kind, rule, self.mapping, required=needed))

    def keys(self, table: Table) -> list[str | None]:
        """The key of each record."""
        return self._keys(self.part.key, table)

    def key_of(self, text: str) -> str | None:
        """The key that a text means."""
        return key_of(self.part.key, text)

    def malformed(self, key: str) -> bool:
        """The key is not what the source's keys look like."""
        return self.part.key.ids == "salesforce" and SALESFORCE.fullmatch(key) is None

    def filtered(self, table: Table) -> list[str | None]:
        """Why each record is not wanted; None for those that are."""
        reasons: list[str | None] = [None] * table.size
        for skip in reversed(self.part.skip):
            for place, text in enumerate(table.column(skip.column)):
                if (skip.empty and is_blank(text)) or (not skip.empty and text in skip.values):
                    reasons[place] = skip.reason
        return reasons

    def read(self, table: Table) -> Said:
        """The fields of each record."""
        core = {name: self._values(field, table) for name, field in self.core.items()}
        typed = {name: self._values(field, table) for name, field in self.typed.items()}
        return Said(table.size, core, typed | {name: list(table.leaf(name)) for name in self.kept(table)})

    def kept(self, table: Table) -> list[str]:
        """Columns that are kept as they are."""
        part = self.part
        if part.keep != "*":
            return [name for name in part.keep if name not in part.extra]
        rules = (*part.fields.values(), *part.extra.values())
        used = {*part.key.column, *part.key.otherwise, *part.ignore, *part.extra}
        used |= {skip.column for skip in part.skip} | {column for rule in rules for column in rule.column}
        return [name for name in table.header if not _is_used(name, used) and not name.startswith(OURS)]

    def _values(self, field: Field, table: Table) -> Values:
        if field.rule.to is None:
            return field.reader(self._texts(field.rule, table))
        keys = self._targets(field.rule, field.rule.to, table)
        prefix = field.rule.unless_prefix
        if prefix is not None:
            keys = [None if key is not None and key.startswith(prefix) else key for key in keys]
        return field.reader.checked(list(keys), keys)

    def _targets(self, rule: Rule, to: str, table: Table) -> Texts:
        key = self.mapping.parts[to].key
        return self._keys(key, table) if rule.here else [key_of(key, text) for text in self._texts(rule, table)]

    def _keys(self, key: Key, table: Table) -> Texts:
        found = [key_of(key, text) for text in _joined(key.column, "|", table)]
        if key.otherwise:
            second = _joined(key.otherwise, "|", table)
            found = [first or key_of(key, other) for first, other in zip(found, second, strict=True)]
        return found

    def _texts(self, rule: Rule, table: Table) -> Texts:
        constant: Texts = [rule.value] * table.size
        texts = _joined(rule.column, rule.join, table) if rule.value is None else constant
        return texts if rule.default is None else [rule.default if is_blank(text) else text for text in texts]


def _joined(columns: list[str], between: str, table: Table) -> Texts:
    if len(columns) == 1:
        return table.column(columns[0])
    texts = zip(*(table.column(name) for name in columns), strict=True)
    return [
        between.join(text.strip(BLANK) for text in record if text and not is_blank(text)) or None for record in texts
    ]


def _is_used(name: str, used: set[str]) -> bool:
    """A column is used, or it is inside an object that is."""
    return name in used or any(name[:end] in used for end, sign in enumerate(name) if sign == ".")


def faults(values: Values) -> list[int]:
    """Places of values that cannot be read."""
    return [place for place, value in enumerate(values) if value.__class__ is Faulty]
