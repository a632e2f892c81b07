"""Faults of single rows: what is done to a row, under which code an importer has to report it."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Surgery = Literal["replace", "insert", "drop", "add"]
"""What happens at the column: value replaced, value broken into, field removed, a field too many put in front."""
Source = Literal["values", "malformed", "earlier", "nowhere", "failed", "filtered"]
"""Where the new value comes from: the recipe's own list, an id that is none, the id of an earlier good row, an id
that no row has, the id of a row that fails, the id of a row that is filtered out."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One kind of fault in one column."""

    kind: str
    """Our own name of it, finer than the code."""
    code: str
    column: str
    surgery: Surgery = "replace"
    source: Source = "values"
    values: tuple[str, ...] = ()
    points_to: str = ""
    """For references: the name of the object."""

    @property
    def keeps_id(self) -> bool:
        """Whether the row still has its own id, so that others can name it."""
        return self.column != "Id"


class Fault(NamedTuple):
    """A recipe made definite for one row."""

    recipe: Recipe
    value: str

    @property
    def field(self) -> str | None:
        """The column to blame, None where the whole row is out of shape."""
        return None if self.recipe.surgery in {"drop", "add"} else self.recipe.column

    def spoil(self, values: list[str], columns: tuple[str, ...]) -> None:
        """Change the row in place."""
        at = columns.index(self.recipe.column)
        match self.recipe.surgery:
            case "replace":
                values[at] = self.value
            case "insert":
                middle = len(values[at]) // 2
                values[at] = values[at][:middle] + self.value + values[at][middle:]
            case "drop":
                del values[at]
            case "add":
                values.insert(at, self.value)
