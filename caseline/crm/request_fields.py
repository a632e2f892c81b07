"""The fields of a request as desk, rules and lists know them: those of the register itself, and extra ones."""

from dataclasses import dataclass
from typing import Final

from caseline.crm import vocabulary
from caseline.crm.vocabulary import Type

MOST_FILTERABLE: Final = 8
"""Extra fields that may have an index of their own: each costs every import and every save."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestField:
    """A field of a request."""

    name: str
    """Of an extra one: its key in `extra`."""
    type: Type
    label: str = ""
    """As its administrator or its source calls it; those of the register itself are called by the pages."""
    extra: bool = False
    to: str | None = None
    """Entity that a reference points at."""
    choices: tuple[str, ...] = ()
    """Values of a list, in order; none: whatever was imported may stand."""
    section: str | None = None
    position: int = 0
    active: bool = True
    """Whether cards show it."""
    filterable: bool = False
    """Whether it has an index of its own."""
    kept: bool = False
    """Whether an import has only kept its column: nobody has said what it is."""

    @property
    def key(self) -> str:
        """How filters, columns and rules name it: an extra field of the same name is another one."""
        return f"extra.{self.name}" if self.extra else self.name


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the card."""

    code: str
    label: str
    position: int = 0


OWN: Final = tuple(
    RequestField(name=one.name, type=one.type, to=one.to, choices=one.choices, position=position)
    for position, one in enumerate(vocabulary.ENTITIES[vocabulary.REQUEST])
)
"""Those of the register itself."""


KEPT: Final = frozenset({"number", "stage", "created_at", "modified_at", "closed_at"})
"""Those that no save changes: the register keeps them, and the stage has actions of its own."""
COLUMNS: Final = {one.key: f"{one.key}_id" if one.to else one.key for one in OWN}
"""Where the register keeps its own fields."""
