"""The values of lists that a mapping knows before any file is read."""

from caseline.crm import vocabulary
from caseline.crm.vocabulary import Type
from staging.mapping import Mapping, Part, Rule

_LISTS = frozenset({Type.LIST, Type.MULTI_LIST})
Listed = dict[tuple[str, str, bool], frozenset[str]]
"""Values by (entity, field, whether it is an extra field)."""


def listed(mapping: Mapping) -> Listed:
    """Values of core and extra fields that are lists: those of their value maps, defaults and constants."""
    found: Listed = {}
    for part in mapping.parts.values():
        for key, rule in _rules(part):
            values = frozenset(_values(rule))
            if values:
                found[key] = found.get(key, frozenset()) | values
    return found


def _rules(part: Part) -> list[tuple[tuple[str, str, bool], Rule]]:
    lists = {field.name for field in vocabulary.ENTITIES[part.entity] if field.type in _LISTS and not field.choices}
    core = [((part.entity, name, False), rule) for name, rule in part.fields.items() if name in lists]
    extra = [((part.entity, name, True), rule) for name, rule in part.extra.items() if rule.type in _LISTS]
    return core + extra


def _values(rule: Rule) -> set[str]:
    alone = {text for text in (rule.value, rule.default) if text is not None}
    return {*(rule.values or {}).values(), *alone}
