"""Puts what the files say beside what the CRM answers, field by field."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from caseline.crm import vocabulary
from caseline.crm.vocabulary import Type
from staging.audit import interpret, json_records
from staging.audit.expected import Expected, Field, Said
from staging.audit.interpret import Values

Record = Mapping[str, Any]
Exists = Callable[[str, Sequence[str]], set[str]]
"""Those of the keys that the CRM knows as records of an entity."""
_ITSELF: Final = {"active": True, "public": True, "escalated": False}
"""What the register takes where the source says nothing."""
_DATED: Final = ("created_at", "modified_at")
"""Where the source says nothing the register takes the time of the import, which nobody can foresee."""
REST: Final = "rest"
"""Extra field that keeps what a JSON document holds beyond the known paths."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Records as their file has them."""

    said: Said
    header: frozenset[str] = frozenset()
    """Columns of the file."""
    vanished: frozenset[str] = frozenset()
    """Columns that earlier files had and this one lacks: what they brought stays in the CRM."""

    def silent(self, field: Field | None) -> bool:
        """The file says nothing about the field, and an earlier one did."""
        if field is None or not field.rule.column or field.rule.default is not None or field.required:
            return False
        return self.header.isdisjoint(field.rule.column) and not self.vanished.isdisjoint(field.rule.column)


@dataclass(frozen=True)
class Comparison:
    """Both sides by field, and the places where they differ."""

    expected: dict[str, Values] = field(default_factory=dict)
    found: dict[str, Values] = field(default_factory=dict)
    personal: dict[str, bool] = field(default_factory=dict)
    differing: dict[str, list[int]] = field(default_factory=dict)

    @property
    def places(self) -> set[int]:
        """Places of all records that differ somewhere."""
        return {place for places in self.differing.values() for place in places}


def compare(reading: Expected, texts: Texts, records: Sequence[Record], exists: Exists) -> Comparison:
    """Compare the records that `texts` stand for with those that the CRM gave for them, in the same order."""
    result = Comparison()
    _core(reading, texts, records, result)
    _extra(reading, texts, records, result)
    for name, expected in result.expected.items():
        found = result.found[name]
        if expected != found:
            _forgive_lost_targets(reading, name, expected, found, exists)
            places = [place for place, (e, f) in enumerate(zip(expected, found, strict=True)) if e != f]
            if places:
                result.differing[name] = places
    return result


def foreseen(said: Said) -> dict[str, Values]:
    """What the CRM should hold for records that it does not have."""
    filled = {
        name: [default if value is None else value for value in said.core[name]]
        for name, default in _ITSELF.items()
        if name in said.core
    }
    return said.core | filled | said.extra


def _core(reading: Expected, texts: Texts, records: Sequence[Record], result: Comparison) -> None:
    values = texts.said.core
    for core in vocabulary.ENTITIES[reading.part.entity]:
        name = core.name
        found = [record[name] for record in records]
        column = values.get(name, [None] * len(records))
        if texts.silent(reading.core.get(name)):
            column = found
        elif name in _ITSELF:
            column = [_ITSELF[name] if value is None else value for value in column]
        elif name in _DATED and None in column:
            earlier = result.expected["created_at"] if name in values and name == "modified_at" else found
            column = [other if value is None else value for value, other in zip(column, earlier, strict=True)]
        result.expected[name], result.found[name] = column, found
        result.personal[name] = core.type is Type.TEXT


def _extra(reading: Expected, texts: Texts, records: Sequence[Record], result: Comparison) -> None:
    answers = [record["extra"] for record in records]
    expected = texts.said.extra
    as_json = reading.mapping.format == "jsonl"
    if as_json:
        answers = [_spread(dict(answer), reading.nothing) for answer in answers]
    names = dict.fromkeys([*expected, *(name for answer in answers for name in answer)])
    for name in names:
        kind = reading.typed[name].type if name in reading.typed else Type.TEXT
        said = expected.get(name, [None] * len(answers))
        found = [answer.get(name) for answer in answers]
        if kind is not Type.TEXT:
            found = [interpret.stored(kind, value) for value in found]
        elif as_json:
            said, found = _in_one_writing(said), _in_one_writing(found)
        if texts.silent(reading.typed.get(name)) or (name in texts.vanished and name not in expected):
            said = found
        result.expected[name], result.found[name] = said, found
        result.personal[name] = kind is Type.TEXT


def _spread(answer: dict[str, Any], nothing: frozenset[str]) -> dict[str, Any]:
    """The extra fields with what the rest of the document holds as fields of their own."""
    rest = answer.pop(REST, None)
    if rest is None:
        return answer
    leaves = json_records.leaves(json_records.parse(rest))
    return {path: text for path, text in leaves if text is not None and text not in nothing} | answer


def _in_one_writing(values: Values) -> Values:
    return [json_records.canonical(value) if isinstance(value, str) else value for value in values]


def _forgive_lost_targets(reading: Expected, name: str, expected: Values, found: Values, exists: Exists) -> None:
    """`missing: empty`: a reference to a record that is not in the CRM is rightly empty."""
    field = reading.core.get(name)
    if field is None or field.rule.to is None or field.rule.missing != "empty":
        return
    lost = [place for place, value in enumerate(expected) if isinstance(value, str) and found[place] is None]
    known = exists(reading.mapping.parts[field.rule.to].entity, sorted({expected[place] for place in lost}))
    for place in lost:
        if expected[place] not in known:
            expected[place] = None
