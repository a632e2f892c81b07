"""The families `caseline person`, `caseline division`, `caseline absence`: who works here, where, and who is away."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caseline.cli import door, screen
from caseline.cli.choices import JsonOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caseline.people.stores.persons import Person

_Groups = Annotated[
    list[str] | None,
    typer.Option("--group", metavar="NAME|ID", help="Groups of the person, repeatable; an empty one: none."),
]
_Who = Annotated[str, typer.Argument(metavar="NAME|MAIL|ID", help="The person.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="Persons of the house: list, add, change.", no_args_is_help=True)
    for name, command in (("list", listed), ("add", add), ("set", change)):
        family.command(name)(command)
    app.add_typer(family, name="person")
    divisions = typer.Typer(help="Divisions of the company with their heads: list, add.", no_args_is_help=True)
    divisions.command("list")(divisions_listed)
    divisions.command("add")(division_add)
    app.add_typer(divisions, name="division")
    absences = typer.Typer(help="Who is away, and who stands in: list, add.", no_args_is_help=True)
    absences.command("list")(absences_listed)
    absences.command("add")(absence_add)
    app.add_typer(absences, name="absence")


def listed(as_json: JsonOption = False) -> None:
    """List all persons; an import brings those of its source."""
    from caseline.actions import keep_people

    with door.house() as house:
        found = keep_people.people(house)
    if as_json:
        screen.print_json({"persons": [_plain(one) for one in found]})
    elif not found:
        screen.out().print("No person yet. `caseline person add NAME` makes one")
    else:
        _show(found)


def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What clients read in letters.")],
    mail: Annotated[str | None, typer.Option("--mail", metavar="ADDRESS", help="Where notices go.")] = None,
    phone: Annotated[str | None, typer.Option("--phone", metavar="NUMBER", help="How they are called.")] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Position.")] = None,
    group: _Groups = None,
    as_json: JsonOption = False,
) -> None:
    """Make a person; `caseline user set LOGIN --person` gives it a login."""
    from caseline.actions import keep_people
    from caseline.actions.editing import Editor

    with door.house() as house:
        groups = keep_people.groups_named(house, group or [])
        wish = keep_people.Wish(name=name, email=mail, phone=phone, title=title, groups=groups)
        made = keep_people.add(house, wish, Editor(None, door.now()))
    _told(made, as_json=as_json)


def change(
    who: _Who,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Another name.")] = None,
    mail: Annotated[str | None, typer.Option("--mail", metavar="ADDRESS", help="Empty: none again.")] = None,
    phone: Annotated[str | None, typer.Option("--phone", metavar="NUMBER", help="Empty: none again.")] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Empty: none again.")] = None,
    group: _Groups = None,
    active: Annotated[bool | None, typer.Option("--active/--inactive", help="Whether the person works here.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Change a person. Open requests of one who leaves stay until somebody takes them over."""
    from caseline.actions import keep_people
    from caseline.actions.editing import Editor

    wanted: dict[str, Any] = {"name": name, "email": mail, "phone": phone, "title": title, "active": active}
    with door.house() as house:
        old = keep_people.named(house, who)
        if group is not None:
            wanted["groups"] = keep_people.groups_named(house, group)
        wish = keep_people.changed(old, {key: value for key, value in wanted.items() if value is not None})
        found = keep_people.change(house, old.id, wish, Editor(None, door.now()))
    _told(found, as_json=as_json)


def divisions_listed(as_json: JsonOption = False) -> None:
    """List the divisions as a tree."""
    from caseline.actions import keep_divisions

    with door.house() as house:
        found = keep_divisions.tree(house)
    if as_json:
        rows = [
            {"id": one.id, "name": one.name, "parent": one.parent_id, "head": one.head_id, "persons": one.persons}
            for one, _depth in found
        ]
        screen.print_json({"divisions": rows})
    elif not found:
        screen.out().print("No division yet. `caseline division add NAME` makes one")
    else:
        table = screen.table("id", "name", "head", "persons", numbers=("id", "persons"))
        for one, depth in found:
            table.add_row(str(one.id), "  " * depth + one.name, one.head or "", str(one.persons))
        screen.out().print(table)


def division_add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")],
    parent: Annotated[
        int | None, typer.Option("--parent", metavar="ID", help="The division that it is a part of.")
    ] = None,
    head: Annotated[str | None, typer.Option("--head", metavar="NAME|MAIL|ID", help="Its head.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a division."""
    from caseline.actions import keep_divisions, keep_people
    from caseline.actions.editing import Editor

    with door.house() as house:
        head_id = keep_people.named(house, head).id if head else None
        wish = keep_divisions.Wish(name=name, parent_id=parent, head_id=head_id)
        made = keep_divisions.add(house, wish, Editor(None, door.now()))
    if as_json:
        screen.print_json({"id": made.id, "name": made.name})
    else:
        screen.out().print(f"Division {made.name} (id {made.id})")


def absences_listed(as_json: JsonOption = False) -> None:
    """List absences, the latest first."""
    from caseline.actions import keep_absences

    with door.house() as house:
        found = keep_absences.listed(house)
    if as_json:
        screen.print_json({"absences": [{"id": one.id, **keep_absences.plain(one)} for one in found]})
    elif not found:
        screen.out().print("Nobody is away. `caseline absence add NAME FIRST LAST` enters an absence")
    else:
        table = screen.table("id", "person", "first day", "last day", "deputy", "note", numbers=("id",))
        for one in found:
            days = (str(one.first_day), str(one.last_day))
            table.add_row(str(one.id), one.person, *days, one.deputy or "", one.note)
        screen.out().print(table)


def absence_add(
    who: _Who,
    first: Annotated[datetime, typer.Argument(metavar="FIRST", formats=["%Y-%m-%d"], help="First day, YYYY-MM-DD.")],
    last: Annotated[datetime, typer.Argument(metavar="LAST", formats=["%Y-%m-%d"], help="Last day, YYYY-MM-DD.")],
    deputy: Annotated[str | None, typer.Option("--deputy", metavar="NAME|MAIL|ID", help="Who stands in.")] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, for colleagues.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Enter an absence: requests shared out on these days go to the deputy."""
    from caseline.actions import keep_absences, keep_people
    from caseline.actions.editing import Editor

    with door.house() as house:
        wish = keep_absences.Wish(
            person_id=keep_people.named(house, who).id,
            first_day=first.date(),
            last_day=last.date(),
            deputy_id=keep_people.named(house, deputy).id if deputy else None,
            note=note,
        )
        made = keep_absences.add(house, wish, Editor(None, door.now()))
    if as_json:
        screen.print_json({"id": made.id, **keep_absences.plain(made)})
    else:
        screen.out().print(f"{made.person} is away from {made.first_day} to {made.last_day}")


def _told(person: "Person", *, as_json: bool) -> None:
    if as_json:
        screen.print_json(_plain(person))
    else:
        _show([person])


def _show(found: "Sequence[Person]") -> None:
    table = screen.table("id", "name", "position", "mail", "phone", "division", "groups", "works here", numbers=("id",))
    for one in found:
        texts = (one.title or "", one.email or "", one.phone or "", one.division or "", ", ".join(one.group_names))
        table.add_row(str(one.id), one.name, *texts, "yes" if one.active else "no")
    screen.out().print(table)


def _plain(one: "Person") -> dict[str, object]:
    from caseline.actions import keep_people

    return {"id": one.id, **keep_people.plain(one)}
