"""Requests as they come in, and answers as they go out, over ASGI."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from caseline.portal_sandbox import php
from caseline.portal_sandbox.php import Params
from caseline.portal_sandbox.refusals import Refusal

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

_JSON: Final = b"application/json; charset=utf-8"
_HTML: Final = b"text/html; charset=UTF-8"
_dump: Final = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(slots=True)
class Answer:
    """What is sent back; without a body the connection is broken off."""

    body: bytes | None
    status: int = HTTPStatus.OK
    kind: bytes = _JSON
    location: str = ""


BROKEN: Final = Answer(None)


def told(said: Params, status: int = HTTPStatus.OK) -> Answer:
    """An answer in JSON."""
    return Answer(_dump(said).encode(), int(status))


def page(status: int) -> Answer:
    """An answer of the web server in front of the portal."""
    title = HTTPStatus(status).phrase
    words = f"<html><head><title>{status} {title}</title></head><body><h1>{status} {title}</h1></body></html>"
    return Answer(words.encode(), int(status), _HTML)


async def body(receive: Receive) -> bytes | None:
    """The body of a request; None where the client has gone."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def params(scope: Message, sent: bytes) -> Params:
    """The parameters of a request: of its query, and of its body over them."""
    query: bytes = scope["query_string"]
    found = php.parse(query.decode("latin-1")) if query else {}
    if sent:
        kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"").decode("latin-1")
        found.update(_read(sent, kind))
    return found


def _read(sent: bytes, kind: str) -> Params:
    sort = kind.partition(";")[0].strip().lower()
    if sort == "multipart/form-data":
        return _parts(sent, kind)
    if sort == "application/json" or sent.lstrip()[:1] in {b"{", b"["}:
        try:
            return php.mapping(json.loads(sent))
        except ValueError:
            raise Refusal("INVALID_REQUEST", "Request body is no valid JSON") from None
    return php.parse(sent.decode("latin-1"))


def _parts(sent: bytes, kind: str) -> Params:
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + sent)
    found: Params = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            php.put(found, name, payload.decode("utf-8", "replace"))
    return found


async def deliver(send: Send, answer: Answer) -> None:
    """Send an answer that has a body."""
    sent = answer.body or b""
    headers = [(b"content-type", answer.kind), (b"content-length", str(len(sent)).encode())]
    if answer.location:
        headers.append((b"location", answer.location.encode("latin-1")))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": sent})
