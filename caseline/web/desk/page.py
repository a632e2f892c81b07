"""What the gate must know of a page before it lets somebody in."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from caseline.people.rights import Right
from caseline.web.desk.visit import Visit

Handler = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class Page:
    """A page at a path."""

    path: str
    handle: Handler
    needs: Right | None = None
    """None: whoever is signed in."""
    method: str = "GET"
    public: bool = False
    """Whether people who are not signed in may see it."""
    most_bytes: int = 1_000_000
    """How much may be sent to it."""
    most_files: int = 1
    """How many of them may be files."""
