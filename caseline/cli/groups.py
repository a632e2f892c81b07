"""The family `caseline group`: the groups that requests are assigned to."""

from typing import Annotated

import typer

from caseline.cli import door, screen
from caseline.cli.choices import JsonOption
from caseline.people.turns import Turns


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="Groups that requests are assigned to: list, add, change.", no_args_is_help=True)
    family.command("list")(listed)
    family.command("add")(add)
    family.command("set")(change)
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


def change(
    group: Annotated[str, typer.Argument(metavar="NAME|ID", help="The group.")],
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Another name.")] = None,
    turns: Annotated[
        Turns | None,
        typer.Option("--turns", help="How its requests are shared out: by hand, in turn, to whoever has least."),
    ] = None,
    member: Annotated[
        list[str] | None,
        typer.Option("--member", metavar="NAME|MAIL|ID", help="All of its members, repeatable; an empty one: nobody."),
    ] = None,
    active: Annotated[bool | None, typer.Option("--active/--inactive", help="Whether it is in use.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Change a group: its name, its members, how its requests are shared out."""
    from caseline.actions import keep_groups, keep_people
    from caseline.actions.editing import Editor

    with door.house() as house:
        (number,) = keep_people.groups_named(house, [group])
        members = None if member is None else tuple(keep_people.named(house, one).id for one in member if one)
        wish = keep_groups.Wish(name=name, turns=turns, active=active, members=members)
        found = keep_groups.change(house, number, wish, Editor(None, door.now()))
    if as_json:
        screen.print_json({"id": found.id, **keep_groups.plain(found)})
        return
    table = screen.table("id", "name", "turns", "members", "in use", numbers=("id",))
    table.add_row(
        str(found.id), found.name, found.turns.value, ", ".join(found.member_names), "yes" if found.active else "no"
    )
    screen.out().print(table)
