"""Compares what a mapping needs with the fields and lists of a portal."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from caseline.crm.bitrix24 import schema
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.places import TYPE_IDS, Kind, Place
from caseline.crm.bitrix24.provisioning import Diff
from caseline.crm.findings import Finding, error, ok, warning

Filled = Mapping[tuple[str, str], bool]
"""(entity, field) that a mapping fills."""
_PROVISION: Final = "`caseline bitrix24 provision` makes them"
_BY_ITSELF: Final = frozenset({"ID", "STATUS_ID", "STAGE_ID", "OPENED", "ASSIGNED_BY_ID", "CREATED_BY_ID"})
"""What the portal fills where nobody says anything."""
_SHOWN: Final = 5


def lacking(diff: Diff) -> Iterator[Finding]:
    """Of fields, list items, stages, sources and cards."""
    kinds = {"field": "fields", "item": "list items", "stage": "stages", "source": "sources", "section": "cards"}
    for kind, topic in kinds.items():
        missing = [one for one in diff.lacks if one.kind == kind]
        if missing:
            told = ", ".join(f"{one.entity} {one.name}" for one in missing[:_SHOWN])
            more = ", …" if len(missing) > _SHOWN else ""
            yield warning(topic, f"still to be made: {len(missing)} ({told}{more})", _PROVISION)
        else:
            yield ok(topic, "nothing is missing" + (f", there already: {diff.there}" if kind == "field" else ""))
    for clash in diff.clashes:
        text, _, remedy = clash.text.partition(": ")
        yield error("fields", f"{clash.entity} {clash.name} {text}", remedy)


def mandatory(portal: Portal, placed: Mapping[str, Sequence[Place]], filled: Filled) -> Iterator[Finding]:
    """Fields that the portal demands and the mapping does not fill, of entities that it brings."""
    found, brought = False, {entity for entity, _field in filled}
    for entity, listed in ((entity, listed) for entity, listed in placed.items() if entity in brought):
        covered = _covered(entity, listed, filled)
        for name, title in _required(portal, entity):
            if name not in covered:
                found = True
                text = f"{entity} {name} ({title}) is mandatory, and the mapping does not fill it"
                yield error("mandatory fields", text, "make it optional in the portal while you import, or map it")
    if not found:
        yield ok("mandatory fields", "none that the mapping leaves empty")


def _covered(entity: str, listed: Sequence[Place], filled: Filled) -> set[str]:
    found = {place.portal for place in listed if filled.get((entity, place.field))}
    return found | ({"LAST_NAME"} if "NAME" in found else set()) | _BY_ITSELF


def _required(portal: Portal, entity: str) -> Iterator[tuple[str, str]]:
    said = portal.read("crm.item.fields", {"entityTypeId": TYPE_IDS[entity]}).value
    fields: Mapping[str, Any] = said.get("fields", said) if isinstance(said, Mapping) else {}
    required = {
        str(about.get("upperName") or name): str(about.get("title") or name)
        for name, about in fields.items()
        if about.get("isRequired") and not about.get("isReadOnly")
    }
    own = schema.fields(portal, entity)
    required |= {name: str(row.get("EDIT_FORM_LABEL") or name) for name, row in own.items() if row["MANDATORY"] == "Y"}
    yield from sorted(required.items())


def unknown_values(
    portal: Portal, placed: Mapping[str, Sequence[Place]], seen: Mapping[tuple[str, str, bool], frozenset[str]]
) -> Iterator[Finding]:
    """List values of an export for which the portal has no item yet."""
    new: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], list[str]] = {}
    sources = schema.statuses(portal, schema.SOURCES)
    for entity, listed in placed.items():
        there = schema.fields(portal, entity)
        for place in listed:
            values = seen.get((entity, place.field, place.extra), frozenset())
            if place.kind is Kind.SOURCE:
                missing = {value for value in values if schema.source_word(value) not in sources}
            elif place.kind in {Kind.CHOICE, Kind.CHOICES}:
                missing = set(values) - schema.item_words(there.get(place.portal, {}), values).keys()
            else:
                continue
            if missing:
                new[entity, place.field] = len(missing)
                examples[entity, place.field] = sorted(missing)[:_SHOWN]
    for (entity, field), number in new.items():
        text = f"{entity} {field}: values without an item yet: {number} ({', '.join(examples[entity, field])})"
        yield warning("list values", text, "nothing: the import adds them as they are written")
    if not new:
        yield ok("list values", "the portal has an item for every value of the export")
