"""The family `caseline public`: pages for people outside who have a link."""

from typing import Final

import typer

from caseline.cli import door, screen, serving
from caseline.cli.serving import PUBLIC_PORT, THIS_MACHINE, HostOption, PortOption, ProxyOption

_KEPT: Final = 8
"""Connections to the database that stay open."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="Pages for people outside who got a link by letter.", no_args_is_help=True)
    family.command("serve")(serve)
    app.add_typer(family, name="public")


def serve(host: HostOption = THIS_MACHINE, port: PortOption = PUBLIC_PORT, proxy: ProxyOption = None) -> None:
    """Serve the pages behind links in letters until Ctrl-C: an outsider reads an assignment there and ends it.

    CASELINE_PUBLIC_URL says where people outside reach them; only then letters carry links. Put a reverse proxy with
    HTTPS before it, and name it with --proxy.
    """
    from caseline.actions import end_by_link
    from caseline.web.public.application import build

    with door.house(keep=_KEPT, prepares=True) as house, serving.listening(host, port) as (bound, address):
        end_by_link.offered(house)
        screen.out().print(f"Public pages: {address}  (Ctrl-C ends it)")
        if house.settings.public_url is None:
            screen.beside().print("No letter carries a link: CASELINE_PUBLIC_URL is not set")
        serving.run(build(house), bound, proxy, as_json=house.settings.log == "json")
