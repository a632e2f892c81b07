"""What an endpoint of the API is: what it takes, what it answers, which right it needs; its documentation, too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from caseline.actions.wiring import House
from caseline.actions.work_request import Asker
from caseline.crm.field_values import Reader
from caseline.listing.wanted import LONGEST_PLACE
from caseline.people.access import Viewer
from caseline.people.rights import Right
from caseline.web.language import Texts

GREATEST: Final = 2**63 - 2
"""Of keys and versions; one more is still a number of the database."""
LONGEST: Final = 100_000
"""Characters of a text that is sent."""


def _typed(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds the character 0, which no text may hold")
    return text


Text = Annotated[str, Field(max_length=LONGEST), AfterValidator(_typed)]
"""A text that somebody sends."""
Key = Annotated[int, Field(ge=1, le=GREATEST)]
"""A number of one of our rows, or a version."""


class Model(BaseModel):
    """What is sent or answered; what it does not know is refused, so that no typing error passes in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(Model):
    """Which part of a list."""

    after: Annotated[str | None, Field(description="`next` of the part before", max_length=LONGEST_PLACE)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request of a program."""

    house: House
    viewer: Viewer
    texts: Texts
    now: datetime
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Any = None
    """As the endpoint's `query` says."""
    body: Any = None
    """As the endpoint's `body` says."""

    once: bytes | None = None
    """By what the call is known again, where its program gives it a key."""

    @property
    def asker(self) -> Asker:
        """Who asks."""
        return Asker(self.viewer, self.now, self.once)

    @property
    def reader(self) -> Reader:
        """For whom values are written."""
        return Reader(zone=self.texts.zone, language=self.texts.language)

    @property
    def id(self) -> int:
        """The number in the path."""
        number: int = self.path["id"]
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A method at a path."""

    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    """Below `/api/v1`."""
    handle: Callable[[Call], BaseModel]
    summary: str
    answer: type[BaseModel]
    needs: Right | None = None
    """None: whoever has a token."""
    query: type[Model] | None = None
    body: type[Model] | None = None
    status: HTTPStatus = HTTPStatus.OK
    problems: tuple[HTTPStatus, ...] = ()
    """What it says beside what every endpoint may say."""
    tag: str = "requests"
    once: bool = False
    """Whether it takes a key by which a second call is known."""

    def expected(self) -> list[HTTPStatus]:
        """Every problem that a caller may meet."""
        found = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, *self.problems}
        if self.body is not None:
            found |= {
                HTTPStatus.BAD_REQUEST,
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                HTTPStatus.UNPROCESSABLE_ENTITY,
            }
        if self.query is not None:
            found.add(HTTPStatus.UNPROCESSABLE_ENTITY)
        if self.once:
            found.add(HTTPStatus.CONFLICT)
        if "{" in self.path:
            found.add(HTTPStatus.NOT_FOUND)
        return sorted(found)
