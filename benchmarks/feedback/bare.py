"""A bare Starlette application: for each call as many statements and transactions, and as many bytes, as the page."""

import json
import socket
import sys
import threading
from dataclasses import asdict, dataclass
from typing import Final

import psycopg
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

_READ: Final = "SELECT * FROM feedback.ask WHERE id = %s"
_WRITE: Final = "INSERT INTO public.bench_written (ask_id, text) VALUES (%s, 'a line as long as that of a signal')"
TABLE: Final = "CREATE TABLE IF NOT EXISTS public.bench_written (id bigserial PRIMARY KEY, ask_id bigint, text text)"


@dataclass(frozen=True, slots=True)
class Work:
    """What a call does."""

    transactions: int
    reads: int
    writes: int

    @property
    def statements(self) -> int:
        """All of them."""
        return self.reads + self.writes


@dataclass(frozen=True, slots=True)
class Alike:
    """What the bare application is to do as the page does."""

    look: Work
    save: Work
    page_bytes: int


class Bare:
    """Serves it: a connection for each thread, plans kept by the driver, nothing between."""

    def __init__(self, url: str, alike: Alike) -> None:
        self._url, self._alike, self._own = url, alike, threading.local()
        self._page = "x" * alike.page_bytes

    async def look(self, request: Request) -> Response:
        """A page."""
        await run_in_threadpool(self._work, self._alike.look, int(request.path_params["ask"]))
        return HTMLResponse(self._page)

    async def save(self, request: Request) -> Response:
        """An answer."""
        await request.form()
        await run_in_threadpool(self._work, self._alike.save, int(request.path_params["ask"]))
        return RedirectResponse(request.url.path, 303)

    def _work(self, work: Work, ask: int) -> None:
        connection = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = psycopg.connect(self._url)
        for number in range(work.transactions):
            with connection.transaction():
                for _ in range(work.reads // work.transactions + (number < work.reads % work.transactions)):
                    connection.execute(_READ, (ask,)).fetchone()
                for _ in range(work.writes // work.transactions + (number < work.writes % work.transactions)):
                    connection.execute(_WRITE, (ask,))


def main(url: str, alike: str) -> None:
    """Serve until told to end; says its address first."""
    told = json.loads(alike)
    bare = Bare(url, Alike(Work(**told["look"]), Work(**told["save"]), told["page_bytes"]))
    routes = [Route("/{ask}", bare.look), Route("/{ask}", bare.save, methods=["POST"])]
    with socket.socket() as bound:
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        bound.bind(("127.0.0.1", 0))
        bound.listen()
        print(f"Bare: http://127.0.0.1:{bound.getsockname()[1]}/", flush=True)
        config = uvicorn.Config(Starlette(routes=routes), log_level="warning", access_log=False, server_header=False)
        uvicorn.Server(config).run(sockets=[bound])


def words(url: str, alike: Alike) -> list[str]:
    """The command that serves it in a process of its own."""
    return [sys.executable, "-m", "benchmarks.feedback.bare", url, json.dumps(asdict(alike))]


if __name__ == "__main__":
    main(*sys.argv[1:])
