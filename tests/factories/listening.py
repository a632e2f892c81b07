"""A port of this machine on which a test talks with whoever comes, each on a thread of its own."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def listening(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port, for as long as the context lasts; lines that break are over and trouble nobody."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(talk, listener), daemon=True).start()
        yield listener.getsockname()[1]
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def _accept(talk: Callable[[socket.socket], None], listener: socket.socket) -> None:
    def serve(line: socket.socket) -> None:
        with suppress(OSError), line:
            talk(line)

    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=serve, args=(line,), daemon=True).start()
