"""A line between an IMAP client and its server that breaks at the command that a test names."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from tests.factories.listening import listening

BEFORE: Final = "before the server has it"
AFTER: Final = "after the server has done it, before its answer"
AMID: Final = "in the middle of its answer"
WAYS: Final = (BEFORE, AFTER, AMID)


@dataclass
class Proxy:
    """Counts commands over all its lines."""

    server_port: int
    port: int = 0
    drop_at: int = 0
    """The command at which the line breaks; 0: at none."""
    way: str = BEFORE
    commands: int = 0
    dropped: int = 0

    def break_at(self, command: int, way: str) -> None:
        """Count from one again, and break there."""
        self.commands, self.drop_at, self.way = 0, command, way

    def join(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self.server_port)) as server:
            line = _Line(client, server)
            threading.Thread(target=line.answers, daemon=True).start()
            with client.makefile("rb") as asked, suppress(OSError):
                for words in asked:
                    self.commands += 1
                    breaks = self.commands == self.drop_at
                    self.dropped += breaks
                    if breaks and self.way == BEFORE:
                        break
                    if breaks:
                        line.way = self.way
                    server.sendall(words)
            line.cut()


class _Line:
    """One connection through the proxy."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client, self.server, self.way = client, server, ""

    def answers(self) -> None:
        with suppress(OSError):
            while said := self.server.recv(65_536):
                if self.way:
                    if self.way == AMID:
                        self.client.sendall(said[: max(1, len(said) // 2)])
                    break
                self.client.sendall(said)
        self.cut()

    def cut(self) -> None:
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def between(server_port: int) -> Iterator[Proxy]:
    """A proxy for as long as the context lasts."""
    proxy = Proxy(server_port)
    with listening(proxy.join) as proxy.port:
        yield proxy
