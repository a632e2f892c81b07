"""The command `caseline desk`: serves the pages of staff and administrators."""

from typing import Final

import typer

from caseline.cli import door, screen, serving
from caseline.cli.serving import DESK_PORT, THIS_MACHINE, HostOption, PortOption, ProxyOption

_KEPT: Final = 8
"""Connections to the database that stay open."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("desk")(desk)


def desk(host: HostOption = THIS_MACHINE, port: PortOption = DESK_PORT, proxy: ProxyOption = None) -> None:
    """Serve the desk: pages for staff and administrators, in Russian and English, until Ctrl-C.

    `caseline user add NAME --role administrator` makes the first login.
    """
    from caseline.actions import keep_users
    from caseline.web.desk.application import build

    with door.house(keep=_KEPT) as house, serving.listening(host, port) as (bound, address):
        screen.out().print(f"Desk: {address}  (Ctrl-C ends it)")
        if not keep_users.users(house):
            screen.beside().print("Nobody can sign in yet: `caseline user add NAME --role administrator`")
        serving.run(build(house), bound, proxy, as_json=house.settings.log == "json")
