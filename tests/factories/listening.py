"""A port of this machine on which a test talks with whoever comes, each on a thread of its own."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_PATIENCE_S = 10.0


@dataclass
class _Lines:
    """Lines that are open, and the threads that talk on them."""

    talk: Callable[[socket.socket], None]
    open: list[socket.socket] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def accept(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(line,), daemon=True)
            self.open.append(line)
            self.threads.append(thread)
            thread.start()

    def end(self) -> None:
        for line in self.open:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(_PATIENCE_S)

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError), line:
            self.talk(line)


@contextmanager
def listening(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port, for as long as the context lasts; lines that break are over and trouble nobody."""
    lines = _Lines(talk)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepting = threading.Thread(target=lines.accept, args=(listener,), daemon=True)
        accepting.start()
        try:
            yield listener.getsockname()[1]
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            accepting.join(_PATIENCE_S)
            lines.end()
