"""Catalogues of any depth, brought as files are."""

from datetime import UTC, datetime

from caseline.actions import catalogue_at_hand, import_catalogue
from caseline.actions.wiring import House


def brought(house: House, *paths: str) -> list[int]:
    """Products by their paths, `Насосы / НЦ-45`; answers the ids of those that the paths lead to."""
    rows = [path.split(" / ") for path in paths]
    depth = max(map(len, rows))
    header = ";".join(f"level {number}" for number in range(1, depth + 1))
    lines = [";".join([*names, *[""] * (depth - len(names))]) for names in rows]
    sheet = import_catalogue.read("\n".join([header, *lines]).encode(), "catalogue.csv")
    import_catalogue.bring(house, sheet, "test", retire=False, now=datetime.now(UTC))
    return [number(house, path) for path in paths]


def number(house: House, path: str) -> int:
    """The id of the product that a path leads to."""
    tree = catalogue_at_hand.tree(house)
    found = None
    for name in path.split(" / "):
        found = tree.child_named(found.id if found else None, name)
        assert found is not None, path
    assert found is not None
    return found.id


def alike(depth: int) -> list[str]:
    """Paths of a catalogue in which everything is called alike on each branch."""
    paths = [""]
    for level in range(1, depth + 1):
        paths = [f"{path} / {name} {level}".removeprefix(" / ") for path in paths for name in ("Левый", "Правый")]
    return paths
