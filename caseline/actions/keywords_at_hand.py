"""Opens the dictionary for pages, flows and the intake: as it is now, or as edits would make it."""

from collections.abc import Iterable

from caseline.actions.wiring import House
from keywords import editing
from keywords.classifier import Classifier
from keywords.editing import Edit
from keywords.rules import Rules
from keywords.source import Loaded


def now(house: House) -> Loaded:
    """The dictionary as it is now."""
    with house.engine.connect() as connection:
        return house.words.now(connection)


def edited(loaded: Loaded, edits: Iterable[Edit], settings: Rules | None) -> Classifier:
    """The dictionary that edits and settings would make; without any, the one that there is."""
    edits = tuple(edits)
    if not edits and settings in {None, loaded.rules}:
        return loaded.classifier
    changed = editing.applied([each.expanded for each in loaded.kept], edits)
    return Classifier(changed, settings or loaded.rules)
