"""What the API says when it does not do something: problem documents (RFC 9457)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from starlette.responses import JSONResponse

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one field of what was sent."""

    field: str
    message: str


class Problem(Exception):
    """An answer that is no success."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        wrong: Sequence[Wrong] = (),
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.wrong = tuple(wrong)
        self.more = dict(more or {})


def wrong_fields(wrong: Sequence[Wrong]) -> Problem:
    """Some of what was sent cannot be taken."""
    told = "; ".join(f"{one.field}: {one.message}" for one in wrong)
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, told, wrong)


def answer(
    status: HTTPStatus, detail: str, wrong: Sequence[Wrong] = (), more: Mapping[str, object] | None = None
) -> JSONResponse:
    """A problem document."""
    said: dict[str, object] = {"status": status.value, "title": status.phrase, "detail": detail, **(more or {})}
    if wrong:
        said["errors"] = [{"field": one.field, "message": one.message} for one in wrong]
    headers = {"WWW-Authenticate": 'Bearer realm="caseline"'} if status is HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(said, status.value, headers, media_type=MEDIA_TYPE)
