"""The family `caseline field`: the fields of requests, as the settings of the desk have them."""

from typing import TYPE_CHECKING, Annotated

import typer

from caseline.cli import door, screen
from caseline.cli.choices import JsonOption
from caseline.crm.vocabulary import Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caseline.crm.request_fields import RequestField

_EXTRA = "extra."
_Key = Annotated[
    str, typer.Argument(metavar="KEY", help="Of an extra field extra.City; of the register's own priority.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="Fields of requests: list, make, change.", no_args_is_help=True)
    family.command("list")(listed)
    family.command("set")(put)
    app.add_typer(family, name="field")


def listed(
    extra: Annotated[bool, typer.Option("--extra", help="Only extra ones, not those of the register.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the fields of requests; an import brings the extra ones of its mapping."""
    from caseline.actions import keep_fields

    with door.house() as house:
        found = [one for one in keep_fields.fields(house) if one.extra or not extra]
    _show(found, as_json=as_json)


def put(
    key: _Key,
    label: Annotated[str | None, typer.Option("--label", metavar="TEXT", help="How people call it.")] = None,
    kind: Annotated[
        Type | None, typer.Option("--type", help="Of an extra field: what it holds; text unless said.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="KIND", help="What a reference points at: company, contact, person, group, …"),
    ] = None,
    choice: Annotated[
        list[str] | None,
        typer.Option("--choice", metavar="TEXT", help="All values of a list, repeatable; an empty one: any may stand."),
    ] = None,
    active: Annotated[bool | None, typer.Option("--active/--inactive", help="Whether cards show it.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Make an extra field, or change a field: what is not said stays."""
    from caseline.actions import keep_fields
    from caseline.actions.editing import Editor
    from caseline.actions.keep_fields import Wish

    editor = Editor(None, door.now())
    with door.house() as house:
        old = next((one for one in keep_fields.fields(house) if one.key == key), None)
        choices = None if choice is None else tuple(dict.fromkeys(one.strip() for one in choice if one.strip()))
        if old is None:
            name = key.removeprefix(_EXTRA)
            if name == key:
                raise typer.BadParameter(f"{key!r}: the register has no such field; an extra one is {_EXTRA}{key}")
            wish = Wish(
                label=label or name, type=kind or Type.TEXT, to=to, choices=choices or (), active=active is not False
            )
            found = keep_fields.add(house, name, wish, editor)
        else:
            wish = Wish(
                label=old.label if label is None else label,
                type=kind or old.type,
                to=to or old.to,
                choices=old.choices if choices is None else choices,
                section=old.section,
                position=old.position,
                active=old.active if active is None else active,
            )
            found = keep_fields.change(house, key, wish, editor)
    _show([found], as_json=as_json)


def _show(found: "Sequence[RequestField]", *, as_json: bool) -> None:
    from caseline.actions import keep_fields

    if as_json:
        screen.print_json({"fields": [{"key": one.key, **keep_fields.plain(one)} for one in found]})
        return
    made = screen.table("Key", "Label", "Type", "Values", "")
    for one in found:
        kind = f"{one.type}: {one.to}" if one.to else str(one.type)
        made.add_row(one.key, one.label or "-", kind, ", ".join(one.choices), "" if one.active else "not in use")
    screen.out().print(made if found else "There is no extra field yet: caseline field set extra.City --label City")
