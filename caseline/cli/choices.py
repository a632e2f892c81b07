"""Options that several commands share."""

from typing import Annotated, Any, Final

import typer

from caseline.timing.vocabulary import Language, Mode

LARGEST_ID: Final = 2**63 - 1
"""Of what the database can number; anything above is wrong usage, not a fault of the database."""


def id_argument(metavar: str, told: str) -> Any:  # noqa: ANN401 - typer's own type is not for annotations
    """An argument that is the number of something; several of them for a list."""
    return typer.Argument(metavar=metavar, help=told, min=1, max=LARGEST_ID)


MappingOption = Annotated[
    str, typer.Option("--mapping", "-m", metavar="NAME|FILE", help="Name of a shipped mapping, or a YAML file.")
]
PartOption = Annotated[
    str | None,
    typer.Option("--part", "--entity", metavar="PART", help="Only this part of the source, or parts of this entity."),
]
CodeOption = Annotated[str | None, typer.Option("--code", metavar="CODE", help="Only this error code.")]
SourceOption = Annotated[str | None, typer.Option("--source", metavar="NAME", help="Only what came from this source.")]
AllowOption = Annotated[
    bool,
    typer.Option("--allow-automation", help="What is written may start robots and workflows of a Bitrix24 portal."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one object on stdout, and nothing else.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


LanguageOption = Annotated[Language, typer.Option("--lang", help="Language of explanations.")]
ByOption = Annotated[
    str | None, typer.Option("--by", metavar="MAIL|NAME|ID", help="The person in whose name this is done.")
]
RequestArgument = Annotated[
    str, typer.Argument(metavar="REQUEST", help="Its number, key in the old system, or id (id:45).")
]
VersionOption = Annotated[
    int | None,
    typer.Option("--version", metavar="N", min=1, max=2**31 - 1, help="Only if the request still has this version."),
]


ModeOption = Annotated[
    Mode | None, typer.Option("--mode", help="What a number of hours means; working_days unless said.")
]
CalendarOption = Annotated[
    str | None, typer.Option("--calendar", metavar="ID", help="Another calendar than the default one.")
]
