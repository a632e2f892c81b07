"""The commands `caseline outbox autotext` and `picture`: what templates of letters may hold beside tags."""

from pathlib import Path
from typing import Annotated

import typer

from caseline.cli import door, screen
from caseline.cli.choices import ByOption, JsonOption
from caseline.cli.plain import plain

_Name = Annotated[str, typer.Argument(metavar="NAME", help="As templates name it between percent signs.")]
_Picture = Annotated[str, typer.Argument(metavar="NAME", help="As `caseline outbox picture list` shows.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    autotexts = typer.Typer(help="Texts under a name, for any template: list, set, remove.", no_args_is_help=True)
    for name, command in (("list", listed), ("set", change), ("remove", remove)):
        autotexts.command(name)(command)
    app.add_typer(autotexts, name="autotext")
    pictures = typer.Typer(help="Pictures in letters that ask for feedback: list, set, restore.", no_args_is_help=True)
    for name, shown in (("list", pictures_listed), ("set", replace), ("restore", restore)):
        pictures.command(name)(shown)
    app.add_typer(pictures, name="picture")


def listed(as_json: JsonOption = False) -> None:
    """List autotexts, with the templates in which they stand."""
    from caseline.actions import keep_autotexts

    with door.house() as house:
        found, uses = keep_autotexts.every(house), keep_autotexts.uses(house)
    if as_json:
        screen.print_json({"autotexts": [plain(one) | {"stands_in": uses.get(one.folded, [])} for one in found]})
        return
    if not found:
        screen.out().print("No autotext: `caseline outbox autotext set NAME --ru WORDS` makes one")
        return
    table = screen.table("name", "stands in", "Russian", "English")
    for one in found:
        table.add_row(one.name, ", ".join(uses.get(one.folded, [])), one.ru, one.en)
    screen.out().print(table)


def change(
    name: _Name,
    ru: Annotated[str | None, typer.Option("--ru", metavar="WORDS", help="What it says in Russian.")] = None,
    en: Annotated[str | None, typer.Option("--en", metavar="WORDS", help="What it says in English.")] = None,
    by: ByOption = None,
) -> None:
    """Change an autotext, or make one; what is not said stays. A name of a tag is refused."""
    from caseline.actions import keep_autotexts
    from caseline.actions.editing import Editor
    from caseline.outbox.autotexts import Autotext, folded

    editor = Editor(by, door.now())
    with door.house() as house:
        before = next((one for one in keep_autotexts.every(house) if one.folded == folded(name)), None)
        old = before or Autotext(name, "", "")
        after = Autotext(old.name, old.ru if ru is None else ru, old.en if en is None else en)
        (keep_autotexts.add if before is None else keep_autotexts.change)(house, after, editor)
    screen.out().print(f"Autotext %{after.name}% is saved")


def remove(name: _Name, by: ByOption = None) -> None:
    """Remove an autotext that no template names."""
    from caseline.actions import keep_autotexts
    from caseline.actions.editing import Editor
    from caseline.actions.seen import Absent

    with door.house() as house:
        try:
            keep_autotexts.remove(house, name, Editor(by, door.now()))
        except Absent:
            raise typer.BadParameter(
                f"there is no autotext {name}: `caseline outbox autotext list` shows all"
            ) from None
    screen.out().print(f"Autotext %{name}% is removed")


def pictures_listed(as_json: JsonOption = False) -> None:
    """List the names of pictures, with what stands there."""
    from caseline.actions import keep_pictures

    with door.house() as house:
        found = keep_pictures.places(house)
    rows = [(one.name, one.replaced, one.picture) for one in found]
    if as_json:
        shown = [
            {"name": name, "replaced": replaced, "type": one and one.content_type, "bytes": one and len(one.content)}
            for name, replaced, one in rows
        ]
        screen.print_json({"pictures": shown})
        return
    table = screen.table("name", "picture", "pixels", "size")
    for name, replaced, one in rows:
        state = "replaced" if replaced else "as shipped" if one else "none"
        pixels, size = ("", "") if one is None else (f"{one.width} x {one.height}", screen.size(len(one.content)))
        table.add_row(name, state, pixels, size)
    screen.out().print(table)


def replace(
    name: _Picture,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A PNG, JPEG or GIF.")],
    by: ByOption = None,
) -> None:
    """Let a file stand in the place of the picture of a name; letters that were written keep theirs."""
    from caseline.actions import keep_pictures
    from caseline.actions.editing import Editor

    with door.house() as house:
        keep_pictures.replace(house, name, file.read_bytes(), Editor(by, door.now()))
    screen.out().print(f"Picture {name} is replaced")


def restore(name: _Picture, by: ByOption = None) -> None:
    """Let the shipped picture count again."""
    from caseline.actions import keep_pictures
    from caseline.actions.editing import Editor
    from caseline.actions.seen import Absent

    with door.house() as house:
        try:
            keep_pictures.restore(house, name, Editor(by, door.now()))
        except Absent:
            raise typer.BadParameter(f"nobody has replaced a picture {name}: nothing to take back") from None
    screen.out().print(f"Picture {name} is as shipped")
