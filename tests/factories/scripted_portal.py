"""A portal of sockets that does what a test's script says with each request, and remembers what it has executed."""

import json
import re
import select
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from tests.factories import php_query

CODE: Final = "s3cr3tC0deOfTheHook"
JSON: Final = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    path: str
    method: str
    params: dict[str, Any]
    at: float


@dataclass(frozen=True)
class No:
    """A command that the portal does not execute."""

    code: Any
    text: str = ""


@dataclass
class Exchange:
    """A request whose answer the script decides."""

    portal: "ScriptedPortal"
    asked: Asked
    line: socket.socket

    def execute(self) -> Any:  # noqa: ANN401 - whatever the method answers
        """Do what was asked for, and say what a good portal answers."""
        return self.portal.execute(self.asked.method, self.asked.params)

    def send(self, status: int, body: bytes, kind: str = JSON, *, length: int | None = None, more: str = "") -> None:
        """Send an answer."""
        head = f"HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {length or len(body)}\r\n{more}\r\n"
        self.line.sendall(head.encode() + body)

    def reset(self) -> None:
        """End the connection so that the other side hears of it at once."""
        self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.line.close()

    def gone(self, seconds: float) -> bool:
        """Wait until the other side has gone, or the portal ends."""
        ready, _, _ = select.select([self.line], [], [], seconds)
        return bool(ready) or self.portal.ended.is_set()


Step = Callable[[Exchange], None]


@dataclass
class ScriptedPortal:
    """Everything a test looks at; `script` holds what happens with the next requests, then all goes well."""

    port: int
    script: deque[Step] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    executed: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: Callable[[str, dict[str, Any]], Any] | None = None
    """What a method answers, or `No`; ids that count up otherwise."""
    operating: dict[str, float] = field(default_factory=dict)
    """Seconds that methods say they have used."""
    reset_in: float = 300.0
    ended: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """The address of the webhook."""
        return f"http://127.0.0.1:{self.port}/rest/7/{CODE}/"

    def batches(self) -> list[int]:
        """How many commands each batch had; 0 is a call that came alone."""
        return [len(asked.params.get("cmd", ())) for asked in self.asked]

    def time(self, method: str) -> dict[str, Any]:
        """The `time` block of an answer."""
        now = time.time()
        block: dict[str, Any] = {"start": now - 0.1, "finish": now, "duration": 0.1, "processing": 0.1}
        if method in self.operating:
            block |= {"operating": self.operating[method], "operating_reset_at": int(now + self.reset_in)}
        return block

    def execute(self, method: str, params: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever the method answers
        """Do a request, and say what a good portal answers."""
        if method != "batch":
            value = self._one(method, params)
            return {"result": value, "time": self.time(method)}
        maps: dict[str, dict[str, Any]] = {"result": {}, "result_error": {}, "result_time": {}}
        for key, command in params["cmd"].items():
            name, _mark, query = command.partition("?")
            value = self._one(name, php_query.parse(query))
            if isinstance(value, No):
                maps["result_error"][key] = {"error": value.code, "error_description": value.text}
            else:
                maps["result"][key] = value
                maps["result_time"][key] = self.time(name)
        empty: dict[str, Any] = {"result_total": [], "result_next": []}
        return {"result": {name: found or [] for name, found in maps.items()} | empty, "time": self.time("batch")}

    def _one(self, method: str, params: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever the method answers
        value = self.answers(method, params) if self.answers else None
        if not isinstance(value, No):
            with self.lock:
                self.executed.append((method, params))
                number = len(self.executed)
            return number if value is None else value
        return value


def well(exchange: Exchange) -> None:
    """Everything as it should be."""
    exchange.send(200, json.dumps(exchange.execute()).encode())


def unread(_exchange: Exchange) -> None:
    """The connection is reset before the request is read; the server knows this step by its name."""
    raise AssertionError


# -------------------------------------------------------------------------------------------------------- server


@contextmanager
def serve() -> Iterator[ScriptedPortal]:
    """A portal on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(0.05)
        portal = ScriptedPortal(door.getsockname()[1])
        threads: list[threading.Thread] = []
        welcome = threading.Thread(target=_welcome, args=(portal, door, threads))
        welcome.start()
        try:
            yield portal
        finally:
            portal.ended.set()
            welcome.join()
            for thread in threads:
                thread.join()


def _welcome(portal: ScriptedPortal, door: socket.socket, threads: list[threading.Thread]) -> None:
    while not portal.ended.is_set():
        with suppress(TimeoutError):
            line, _address = door.accept()
            threads.append(threading.Thread(target=_talk, args=(portal, line)))
            threads[-1].start()


def _talk(portal: ScriptedPortal, line: socket.socket) -> None:
    line.settimeout(None)
    with line, suppress(OSError, ValueError):
        while not portal.ended.is_set():
            if not select.select([line], [], [], 0.05)[0]:
                continue
            with portal.lock:
                step = portal.script.popleft() if portal.script and line.recv(1, socket.MSG_PEEK) else well
            if step is unread:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            asked = _read(line)
            if asked is None:
                return
            with portal.lock:
                portal.asked.append(asked)
            step(Exchange(portal, asked, line))


def _read(line: socket.socket) -> Asked | None:
    data = b""
    while b"\r\n\r\n" not in data:
        part = line.recv(65536)
        if not part:
            return None
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    while length and len(body) < int(length[1]):
        body += line.recv(65536)
    path = head.split(b" ")[1].decode()
    return Asked(path, path.rpartition("/")[2], json.loads(body or b"{}"), time.time())
