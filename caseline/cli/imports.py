"""Commands that import: `import`, `retry`."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caseline.cli import door, importing
from caseline.cli.choices import CodeOption, JsonOption, MappingOption, PartOption, SourceOption

if TYPE_CHECKING:
    from caseline.actions.run_import import Import
    from caseline.actions.wiring import House


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("import")(import_files)
    app.command("retry")(retry)


def import_files(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="A folder, zips or single files; mended rejects too.")
    ],
    mapping: MappingOption,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Converters beside the loader (CASELINE_WORKERS, else 2).")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="PART", help="Import this part only; may be repeated.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write over what people have edited since.")] = False,
    no_retry_failed: Annotated[
        bool, typer.Option("--no-retry-failed", help="Leave FAILED rows of earlier runs alone.")
    ] = False,
    yes: Annotated[
        bool,
        typer.Option("--yes", help="Import although the CRM holds records of another origin and has no fresh backup."),
    ] = False,
    as_json: JsonOption = False,
    prefect: Annotated[bool, typer.Option("--prefect", help="Run it as a Prefect flow run.")] = False,
) -> None:
    """Import an export: loads what is new, goes on where it stopped, tries FAILED rows again.

    Starting it again is safe at any time: settled rows stay settled, nothing is doubled.
    """
    only = only or []
    check_parts(mapping, only)
    if prefect:
        if as_json:
            raise typer.BadParameter(
                "a flow run prints its address, no object: leave one of them out", param_hint="--json"
            )
        words = [f"--only={name}" for name in only] + ([f"--workers={workers}"] if workers else [])
        flags = {"--overwrite": overwrite, "--no-retry-failed": no_retry_failed, "--yes": yes}
        raise typer.Exit(run_flow(paths, mapping, [*words, *(word for word, given in flags.items() if given)]))

    def begin(house: "House") -> "Import":
        from caseline.actions import run_import
        from staging.register import Options

        options = Options(overwrite=overwrite, retry_failed=not no_retry_failed, only=tuple(only))
        order = run_import.Order(tuple(paths), mapping, options, workers or house.settings.workers, confirmed=yes)
        return run_import.start(house, order, clock=door.now)

    what = f"Importing {', '.join(map(str, paths))} with mapping {mapping}"
    raise typer.Exit(importing.carry_out(begin, what=what, mapping=mapping, as_json=as_json))


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
            raise typer.BadParameter(_no_such_part(part or "", list(rules.parts)), param_hint="--part")
        options = Options(retry_code=code, only=parts if part else ())
        return run_import.retry_with(house, rules, options, clock=door.now)

    chosen = " ".join(
        word for word in ("FAILED rows", f"of {part}" if part else "", f"with {code}" if code else "") if word
    )
    what = f"Trying {chosen} again"
    raise typer.Exit(importing.carry_out(begin, what=what, mapping=mapping or source or "NAME", as_json=as_json))


def run_flow(paths: list[Path], mapping: str, words: Sequence[str] = ()) -> int:
    """Run the import as a Prefect flow run, in a process of its own; answers its exit code."""
    command = [sys.executable, "-m", "flows.import_legacy", *map(str, paths), "--mapping", mapping, *words]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own program


def check_parts(mapping: str, only: list[str]) -> None:
    """Parts named by --only must be parts of the mapping."""
    from staging import mapping_file

    parts = list(mapping_file.load(mapping).parts)
    for name in only:
        if name not in parts:
            raise typer.BadParameter(_no_such_part(name, parts), param_hint="--only")


def _no_such_part(name: str, parts: list[str]) -> str:
    return f"{name!r} is no part of the mapping: use one of {', '.join(parts)}"
