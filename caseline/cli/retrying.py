"""The command `retry`."""

from typing import TYPE_CHECKING, Annotated

import typer

from caseline.cli import door, importing
from caseline.cli.choices import AllowOption, CodeOption, JsonOption, PartOption, SourceOption
from caseline.cli.imports import no_such_part

if TYPE_CHECKING:
    from caseline.actions.run_import import Import
    from caseline.actions.wiring import House


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("retry")(retry)


def retry(
    code: CodeOption = None,
    part: PartOption = None,
    mapping: Annotated[
        str | None,
        typer.Option(
            "--mapping", "-m", metavar="NAME|FILE", help="Try by this mapping instead of that of the last run."
        ),
    ] = None,
    source: SourceOption = None,
    allow_automation: AllowOption = False,
    as_json: JsonOption = False,
) -> None:
    """Try FAILED rows again, without reading any file."""

    def begin(house: "House") -> "Import":
        from caseline.actions import run_import
        from staging import mapping_file, report
        from staging.register import Options

        if mapping is None:
            with house.engine.connect() as connection:
                rules = report.last_mapping(connection, source)
        else:
            rules = mapping_file.load(mapping)
        parts = tuple(name for name, rule in rules.parts.items() if part in {None, name, rule.entity})
        if not parts:
            raise typer.BadParameter(no_such_part(part or "", list(rules.parts)), param_hint="--part")
        options = Options(retry_code=code, only=parts if part else ())
        return run_import.retry_with(house, rules, options, clock=door.now)

    chosen = " ".join(
        word for word in ("FAILED rows", f"of {part}" if part else "", f"with {code}" if code else "") if word
    )
    what = f"Trying {chosen} again"
    raise typer.Exit(
        importing.work_off(begin, what=what, mapping=mapping, as_json=as_json, automation=allow_automation)
    )
