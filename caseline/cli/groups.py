"""The family `caseline group`: the groups that requests are assigned to."""

from typing import Annotated

import typer

from caseline.cli import door, screen
from caseline.cli.choices import JsonOption


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="Groups that requests are assigned to: list, add.", no_args_is_help=True)
    family.command("list")(listed)
    family.command("add")(add)
    app.add_typer(family, name="group")


def listed(as_json: JsonOption = False) -> None:
    """List all groups; an import brings those of its source."""
    from caseline.actions import keep_groups

    with door.house() as house:
        found = keep_groups.groups(house)
    if as_json:
        screen.print_json({"groups": [{"id": group.id, "name": group.name} for group in found]})
    elif not found:
        screen.out().print("No group yet. `caseline group add NAME` makes one")
    else:
        table = screen.table("id", "name", numbers=("id",))
        for group in found:
            table.add_row(str(group.id), group.name)
        screen.out().print(table)


def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What people call it.")], as_json: JsonOption = False
) -> None:
    """Make a group; `caseline category set CODE --group NAME` routes a category to it."""
    from caseline.actions import keep_groups

    with door.house() as house:
        made = keep_groups.add(house, name)
    if as_json:
        screen.print_json({"id": made.id, "name": made.name})
    else:
        screen.out().print(f"Group {made.name} (id {made.id})")
