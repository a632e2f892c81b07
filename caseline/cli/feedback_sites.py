"""The family `caseline feedback site`: sites of others that show forms themselves and send the answers."""

from typing import Annotated

import typer

from caseline.cli import door, screen
from caseline.cli.choices import JsonOption

_Code = Annotated[str, typer.Argument(metavar="CODE", help="What it is called in its calls: letters, digits, dashes.")]


def sites() -> typer.Typer:
    """The commands `caseline feedback site`."""
    family = typer.Typer(help="Sites of others that show forms themselves and send answers.", no_args_is_help=True)
    for name, command in (("add", add), ("list", listed), ("remove", remove)):
        family.command(name)(command)
    return family


def add(code: _Code, as_json: JsonOption = False) -> None:
    """Let a site read forms and send answers. Its key is printed once, here."""
    from caseline.actions import keep_sites

    with door.house() as house:
        key = keep_sites.add(house, code, by="command line", now=door.now())
    if as_json:
        screen.print_json({"site": code, "key": key})
    else:
        screen.out().print(f"Key of {code}, shown this once: {key}", soft_wrap=True)


def listed(as_json: JsonOption = False) -> None:
    """List the sites; keys are not shown."""
    from caseline.actions import keep_sites

    with door.house() as house:
        found = keep_sites.every(house)
    if as_json:
        screen.print_json({"sites": [{"site": one.code, "since": one.made_at.isoformat()} for one in found]})
    elif not found:
        screen.out().print("No site yet. `caseline feedback site add CODE` lets one send answers")
    else:
        table = screen.table("site", "since", "made by")
        for one in found:
            table.add_row(one.code, f"{one.made_at:%Y-%m-%d %H:%M}", one.made_by)
        screen.out().print(table)


def remove(code: _Code) -> None:
    """Let a site do so no more; what it has sent stays."""
    from caseline.actions import keep_sites

    with door.house() as house:
        keep_sites.remove(house, code, now=door.now())
    screen.out().print(f"Nothing that {code} sends is taken any more")
