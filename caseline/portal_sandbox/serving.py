"""Starts a portal and serves it until it is told to end."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from caseline.portal_sandbox.application import Application
from caseline.portal_sandbox.connections import Connections
from caseline.portal_sandbox.delivery import Delivery
from caseline.portal_sandbox.options import Options
from caseline.portal_sandbox.portal import Portal


@dataclass(frozen=True, slots=True)
class Running:
    """A portal that serves."""

    address: str
    """Where it listens, without a slash at the end."""
    webhook: str
    """The address of its first webhook, with a slash at the end."""
    application: dict[str, Any] = field(default_factory=dict)
    """client_id, client_secret, tokens and member_id of its local application."""
    portal: Portal | None = field(default=None, repr=False)


class _Server(uvicorn.Server):
    """Says when it has started: from then on it takes signals."""

    tell: Callable[[], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self.tell is not None:
            self.tell()


def serve(options: Options, started: Callable[[Running], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; `started` hears of the address once connections are accepted."""
    with _prepared(options) as (server, listening, running):
        server.tell = lambda: started(running)
        server.run(sockets=[listening])


@contextmanager
def running(options: Options) -> Iterator[Running]:
    """A portal that serves in a thread of this process."""
    with _prepared(options) as (server, listening, found):
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="portal")
        thread.start()
        try:
            yield found
        finally:
            server.should_exit = server.force_exit = True
            thread.join()


@contextmanager
def _prepared(options: Options) -> Iterator[tuple[_Server, socket.socket, Running]]:
    portal = Portal(options)
    connections = Connections()
    application = Application(portal, connections)
    # asyncio sends without delay only where the protocol is named.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((options.host, options.port))
        listening.listen(1024)
        scheme = "https" if options.certificate else "http"
        address = f"{scheme}://{options.host}:{listening.getsockname()[1]}"
        webhook = f"{address}/rest/1/{portal.code}/"
        delivery = Delivery(portal, application.faults, application.access.application, address)
        delivery.start()
        config = uvicorn.Config(
            application,
            http=connections.protocol(),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
            ssl_certfile=options.certificate,
            ssl_keyfile=options.key,
        )
        try:
            yield _Server(config), listening, Running(address, webhook, application.access.application, portal)
        finally:
            delivery.close()
            portal.store.close()
