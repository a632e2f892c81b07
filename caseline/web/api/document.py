"""The OpenAPI document of the API, made from its endpoints."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import models_json_schema

from caseline.web.api import problems
from caseline.web.api.endpoint import GREATEST, Endpoint, Model

if TYPE_CHECKING:
    from pydantic import BaseModel

PREFIX: Final = "/api/v1"
_PART: Final = re.compile(r"{(\w+):key}")
_REF: Final = "#/components/schemas/{model}"
_ONCE: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key twice within two days: the second call does nothing and is answered by 409.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
_SAID: Final = {
    HTTPStatus.BAD_REQUEST: "The body is no JSON.",
    HTTPStatus.UNAUTHORIZED: "There is no token, or none that is good.",
    HTTPStatus.FORBIDDEN: "The role of the token's login does not have the right.",
    HTTPStatus.NOT_FOUND: "There is no such thing, or none that this login may know of.",
    HTTPStatus.CONFLICT: "Somebody else has changed it since; nothing was saved.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not said to be JSON.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Something that was sent cannot be taken; `errors` names the fields.",
}


class Wrong(Model):
    """What is wrong with a field."""

    field: str
    message: str


class Difference(Model):
    """A field that somebody else has changed meanwhile."""

    field: str
    label: str
    base: str | None
    yours: str
    theirs: str
    conflict: bool


class Problem(Model):
    """Why nothing was done (RFC 9457)."""

    status: int
    title: str
    detail: str
    errors: tuple[Wrong, ...] = ()
    version: int | None = None
    """Of the request as it is now, where somebody else was first."""
    differences: tuple[Difference, ...] = ()


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The whole document."""
    used: list[type[BaseModel]] = [Problem]
    for one in endpoints:
        used += [model for model in (one.answer, one.body) if model is not None and model not in used]
    refs, schemas = models_json_schema([(model, "validation") for model in used], ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for one in endpoints:
        path = _PART.sub(r"{\1}", one.path)
        paths.setdefault(path, {})[one.method.lower()] = _operation(one, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "caseline",
            "version": "1",
            "description": "The actions of the desk for programs. Tokens are made at the desk, under your own name.",
        },
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Endpoint, refs: Any) -> dict[str, Any]:  # noqa: ANN401 - pydantic's own mapping
    said: dict[str, Any] = {
        "operationId": one.handle.__name__,
        "summary": one.summary,
        "tags": [one.tag],
        "parameters": [*_path_parameters(one), *_query_parameters(one), *([_ONCE] if one.once else [])],
        "responses": {
            str(one.status.value): {
                "description": one.status.phrase,
                "content": {"application/json": {"schema": refs[one.answer, "validation"]}},
            },
            **{str(status.value): _problem(status, refs) for status in one.expected()},
        },
    }
    if one.needs is not None:
        said["description"] = f"Needs the right `{one.needs}`."
    if one.body is not None:
        schema = refs[one.body, "validation"]
        said["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return said


def _problem(status: HTTPStatus, refs: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    content = {problems.MEDIA_TYPE: {"schema": refs[Problem, "validation"]}}
    return {"description": _SAID[status], "content": content}


def _path_parameters(one: Endpoint) -> list[dict[str, Any]]:
    schema = {"type": "integer", "minimum": 1, "maximum": GREATEST}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in _PART.findall(one.path)]


def _query_parameters(one: Endpoint) -> list[dict[str, Any]]:
    if one.query is None:
        return []
    schema = one.query.model_json_schema()
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": part, "explode": True}
        for name, part in schema.get("properties", {}).items()
    ]
