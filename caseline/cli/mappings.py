"""Commands about mapping files: `mappings`, `mapping check`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caseline.cli import screen

if TYPE_CHECKING:
    from staging.mapping import Mapping


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("mappings")(mappings)
    family = typer.Typer(help="One mapping file.", no_args_is_help=True)
    family.command("check")(check)
    app.add_typer(family, name="mapping")


def mappings() -> None:
    """List the mappings that come with caseline."""
    from staging import mapping_file

    made = screen.table("Name", "Source", "Format", "Parts")
    for name in mapping_file.shipped():
        found = mapping_file.load(name)
        made.add_row(name, found.title, found.format, ", ".join(found.parts))
    screen.out().print(made)


def check(file: Annotated[Path, typer.Argument(metavar="FILE", help="A YAML file.")]) -> None:
    """Check a mapping file; every fault is named with its line and key."""
    from staging import mapping_file

    found = mapping_file.load(str(file))
    screen.out().print(f"{file}: in order ({found.title})", soft_wrap=True)
    screen.out().print(_parts(found))


def _parts(mapping: "Mapping") -> object:
    made = screen.table("Part", "Becomes", "Files", "Key", "Fields", "Extra", numbers=("Fields", "Extra"))
    for name, part in mapping.parts.items():
        extra = "all others" if part.keep == "*" else str(len(part.extra) + len(part.keep))
        key = ", ".join(part.key.column)
        made.add_row(name, part.entity, ", ".join(part.files), key, str(len(part.fields)), extra)
    return made
