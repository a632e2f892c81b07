"""Whether a mapping agrees with the register: every fault with the place where it stands."""

from collections.abc import Iterator

from caseline.crm import vocabulary
from caseline.crm.vocabulary import Type
from staging.mapping import Mapping, Part, Rule

Place = tuple[str | int, ...]
Fault = tuple[Place, str]


def faults(mapping: Mapping) -> Iterator[Fault]:
    """Yield (place, what is wrong and the remedy); nothing when all is well."""
    for name, part in mapping.parts.items():
        here: Place = ("parts", name)
        if part.entity not in vocabulary.ENTITIES:
            yield (*here, "entity"), f"{part.entity!r} is no entity: use one of {', '.join(vocabulary.ENTITIES)}"
            continue
        yield from _core_faults(mapping, name, part, here)
        for field, rule in part.extra.items():
            if rule.to is not None:
                yield (*here, "extra", field), "an extra field is no reference: remove `to`, and the key stays as text"
            if rule.type is Type.MULTI_LIST and rule.values is not None:
                yield (*here, "extra", field), "the values of a multi_list stay as they are: remove `values`"


def _core_faults(mapping: Mapping, name: str, part: Part, here: Place) -> Iterator[Fault]:
    core = {field.name: field for field in vocabulary.ENTITIES[part.entity]}
    for field in core.values():
        if field.required and field.name not in part.fields:
            yield (*here, "fields"), f"{field.name} is missing: every {part.entity} needs it"
    for field_name, rule in part.fields.items():
        place = (*here, "fields", field_name)
        if field_name not in core:
            yield (
                place,
                (
                    f"{field_name!r} is no core field of {part.entity}:"
                    f" use one of {', '.join(core)}, or move it to `extra`"
                ),
            )
            continue
        field = core[field_name]
        yield from _reference_faults(mapping, name, rule, place)
        yield from _kind_faults(mapping, field, rule, place)


def _kind_faults(mapping: Mapping, field: vocabulary.Field, rule: Rule, place: Place) -> Iterator[Fault]:
    if (field.type is Type.REFERENCE) != (rule.to is not None):
        yield (
            place,
            f"{field.name} is a reference: say `to: <part>`"
            if rule.to is None
            else f"{field.name} is no reference: remove `to`",
        )
    elif rule.to is not None and rule.to in mapping.parts and mapping.parts[rule.to].entity != field.to:
        yield (
            place,
            f"{field.name} points at a {field.to}, but part {rule.to!r} makes {mapping.parts[rule.to].entity} records",
        )
    outcomes = {
        *(rule.values or {}).values(),
        *([rule.value] if rule.value is not None else []),
        *([rule.default] if rule.default is not None else []),
    }
    allowed = {stage.code for stage in mapping.stages} if field.name == "stage" else set(field.choices)
    if allowed or field.name == "stage":
        if outcomes - allowed:
            known = ", ".join(sorted(allowed)) or "the list `stages`"
            yield place, f"{min(outcomes - allowed)!r} is no {field.name}: use one of {known}"
        if rule.unmapped == "keep":
            yield place, f"`unmapped: keep` is not possible for {field.name}: its values are a closed list"
        if rule.values is None and rule.value is None:
            yield place, f"{field.name} needs a value map (`values`)"


def _reference_faults(mapping: Mapping, name: str, rule: Rule, place: Place) -> Iterator[Fault]:
    if rule.to is None:
        return
    if rule.to not in mapping.parts:
        yield place, f"part {rule.to!r} is not defined: use one of {', '.join(mapping.parts)}"
        return
    target = mapping.parts[rule.to]
    if mapping.part_rank(rule.to) > mapping.part_rank(name):
        yield place, f"part {rule.to!r} is imported after {name!r}: a reference goes to an earlier part or to its own"
    if rule.here and not (target.inline and set(target.files) & set(mapping.parts[name].files)):
        yield place, f"`here` needs an inline part that stands in the same file; {rule.to!r} is not one"
