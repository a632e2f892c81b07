"""Serves an application to browsers until Ctrl-C; what the commands that do so share."""

import gc
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from types import FrameType

    from starlette.types import ASGIApp

HostOption = Annotated[str, typer.Option("--host", help="Address to listen on; this machine only unless named.")]
PortOption = Annotated[int, typer.Option("--port", min=0, max=65_535, help="Port to listen on; 0 takes a free one.")]
ProxyOption = Annotated[
    str | None,
    typer.Option(
        "--proxy",
        metavar="ADDRESS",
        help="A reverse proxy whose X-Forwarded-… headers are believed; several, or networks, parted by commas.",
    ),
]
THIS_MACHINE = "127.0.0.1"
DESK_PORT: Final = 8330
PUBLIC_PORT: Final = 8332
_COLLECTED: Final = (20_000, 20, 20)
"""When the collector looks for what refers to itself: a page makes thousands of objects, and few of those."""
_FREE_FROM: Final = 1024
"""Below it only root may listen."""


@contextmanager
def listening(host: str, port: int) -> Iterator[tuple[socket.socket, str]]:
    """A socket that is bound, and the address to open in a browser on this machine."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Accepted connections inherit it. asyncio sets it only on sockets that were made with the protocol named;
        # without it the last part of a page waits 40 ms for the browser's acknowledgement of the part before.
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            bound.bind((host, port))
        except PermissionError as error:
            why = f"only root may listen there: choose a port of {_FREE_FROM} or more with --port"
            raise PermissionError(error.errno, why, f"{host}:{port}") from error
        except OSError as error:
            error.filename = f"{host}:{port}"
            raise
        # Whoever reads the address may come before the application is ready: he waits, and is not refused.
        bound.listen()
        shown = THIS_MACHINE if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not listened on
        yield bound, f"http://{shown}:{bound.getsockname()[1]}/"


def run(application: "ASGIApp", bound: socket.socket, proxy: str | None, *, as_json: bool) -> None:
    """Serve until Ctrl-C; then pages that are being sent without an end are told to end. `as_json`: its log."""
    import uvicorn

    from caseline.health import lines

    lines.configure(as_json=as_json)
    live = getattr(getattr(application, "state", None), "live", None)

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: "FrameType | None") -> None:
            if live is not None:
                live.close()
            super().handle_exit(sig, frame)

    config = uvicorn.Config(
        application,
        log_config=None,
        log_level="warning",
        access_log=False,  # addresses of pages hold the secrets of links
        server_header=False,
        proxy_headers=proxy is not None,
        forwarded_allow_ips=proxy,
    )
    # What was loaded by now stays as long as we do: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTED)
    Server(config).run(sockets=[bound])
