"""Options that several commands share."""

from typing import Annotated

import typer

MappingOption = Annotated[
    str, typer.Option("--mapping", "-m", metavar="NAME|FILE", help="Name of a shipped mapping, or a YAML file.")
]
PartOption = Annotated[
    str | None,
    typer.Option("--part", "--entity", metavar="PART", help="Only this part of the source, or parts of this entity."),
]
CodeOption = Annotated[str | None, typer.Option("--code", metavar="CODE", help="Only this error code.")]
SourceOption = Annotated[str | None, typer.Option("--source", metavar="NAME", help="Only what came from this source.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one object on stdout, and nothing else.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
