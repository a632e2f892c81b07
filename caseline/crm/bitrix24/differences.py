"""How a portal and the register that mirrors it may differ."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is wrong."""

    MISSING = "missing"
    """The register knows it, and the portal does not have it."""
    DOUBLED = "doubled"
    """The portal has it twice; this is the one that the register does not know."""
    ALTERED = "altered"
    """The portal has other values."""
    UNKNOWN = "unknown"
    """It says that it is of ours, and the register has never heard of it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One record."""

    entity: str
    kind: Kind
    id: int
    """In the portal; of a missing one where it was."""
    source: str
    origin: str
    fields: tuple[str, ...] = ()
    """Those that are altered."""
    known_id: int | None = None
    """Of a doubled one: the record that stays."""
    owner_id: int | None = None
    """Of a comment: its lead."""


ORIGIN = "origin"
"""Among the altered fields: somebody has changed by what the record is found."""
