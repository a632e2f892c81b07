"""What a scripted portal may do with a request: lose it, refuse it, answer it badly."""

import json
from contextlib import suppress

from tests.factories.scripted_portal import Exchange, Step, unread, well

__all__ = [
    "Exchange",
    "Step",
    "broken_off",
    "cut",
    "drip",
    "fault",
    "hold",
    "html",
    "reset",
    "says",
    "stall",
    "unread",
    "well",
]


def reset(*, executed: bool) -> Step:
    """The request is read, and then the connection is reset."""

    def step(exchange: Exchange) -> None:
        if executed:
            exchange.execute()
        exchange.reset()

    return step


def hold(exchange: Exchange) -> None:
    """It is executed, and no answer ever comes."""
    exchange.execute()
    while not exchange.gone(0.05):
        pass


def cut(exchange: Exchange) -> None:
    """Half of the answer is sent, as if it were the whole."""
    body = json.dumps(exchange.execute()).encode()
    exchange.send(200, body[: len(body) // 2])


def broken_off(exchange: Exchange) -> None:
    """Half of the answer is sent, then the connection ends."""
    body = json.dumps(exchange.execute()).encode()
    exchange.send(200, body[: len(body) // 2], length=len(body))
    exchange.line.close()


def drip(exchange: Exchange) -> None:
    """It is executed, and the answer comes byte after byte, without an end."""
    exchange.execute()
    exchange.send(200, b"{", length=1_000_000)
    with suppress(OSError):
        while not exchange.gone(0.02):
            exchange.line.sendall(b" ")


def stall(exchange: Exchange) -> None:
    """It is executed, the answer begins, and nothing follows."""
    exchange.execute()
    exchange.send(200, b"{", length=1_000_000)
    while not exchange.gone(0.05):
        pass


def html(status: int, *, executed: bool = True, more: str = "") -> Step:
    """A page of a proxy or of a broken server."""

    def step(exchange: Exchange) -> None:
        if executed:
            exchange.execute()
        exchange.send(status, b"<html><body>Bitrix</body></html>", "text/html", more=more)

    return step


def says(status: int, body: object, *, executed: bool = False) -> Step:
    """Any answer, as JSON or as it is."""

    def step(exchange: Exchange) -> None:
        if executed:
            exchange.execute()
        exchange.send(status, body if isinstance(body, bytes) else json.dumps(body).encode())

    return step


def fault(status: int, code: object, text: str = "", *, executed: bool = False, **more: object) -> Step:
    """A fault that the portal tells of itself."""
    return says(status, {"error": code, "error_description": text, **more}, executed=executed)
