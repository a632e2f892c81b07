"""The open connections of the server, so that one can be broken off as a network does it."""

import asyncio
import socket
import struct

from uvicorn.protocols.http.h11_impl import H11Protocol


class Connections:
    """Connections by the address of the client."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], asyncio.Transport] = {}

    def protocol(self) -> type[H11Protocol]:
        """The protocol of uvicorn, telling us of its connections."""
        opened = self._open

        class Watched(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                self._peer: tuple[str, int] = transport.get_extra_info("peername")[:2]
                opened[self._peer] = transport
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                opened.pop(self._peer, None)
                super().connection_lost(exc)

        return Watched

    def reset(self, client: tuple[str, int]) -> None:
        """Break a connection off with a reset: no answer, no farewell."""
        if (transport := self._open.get(client)) is None:
            return
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
