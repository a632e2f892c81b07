"""The command `import`."""

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from caseline.cli import importing, rehearsing, screen
from caseline.cli.choices import AllowOption, JsonOption, MappingOption

if TYPE_CHECKING:
    from caseline.actions.run_import import Order


COULD_NOT_RUN: Final = 1


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_files)


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
    reconvert: Annotated[
        bool,
        typer.Option("--reconvert", help="Convert rows that are SUCCESS once more: the mapping has changed since."),
    ] = False,
    yes: Annotated[
        bool,
        typer.Option("--yes", help="Import although the CRM holds records of another origin and has no fresh backup."),
    ] = False,
    allow_automation: AllowOption = False,
    as_json: JsonOption = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and report everything, and leave nothing in the database.")
    ] = False,
    profile: Annotated[
        bool, typer.Option("--profile", help="With --dry-run: also show what each column of the files holds.")
    ] = False,
    prefect: Annotated[bool, typer.Option("--prefect", help="Run it as a Prefect flow run.")] = False,
) -> None:
    """Import an export: loads what is new, goes on where it stopped, tries FAILED rows again.

    Starting it again is safe at any time: settled rows stay settled, nothing is doubled.
    """
    check_parts(mapping, only or [])
    flags = {
        "--overwrite": overwrite,
        "--no-retry-failed": no_retry_failed,
        "--reconvert": reconvert,
        "--yes": yes,
    }
    if prefect:
        if as_json or dry_run:
            raise typer.BadParameter("a flow run knows neither --json nor --dry-run", param_hint="--prefect")
        if allow_automation:
            remedy = "a flow run allows automation by CASELINE_BITRIX24_ALLOW_AUTOMATION=1 alone"
            raise typer.BadParameter(remedy, param_hint="--allow-automation")
        words = [f"--only={name}" for name in only or []] + ([f"--workers={workers}"] if workers else [])
        raise typer.Exit(run_flow(paths, mapping, [*words, *(word for word, given in flags.items() if given)]))
    order = _order(paths, mapping, workers, only or [], flags)
    if dry_run:
        raise typer.Exit(rehearsing.carry_out(order, as_json=as_json, columns=profile))
    raise typer.Exit(importing.carry_out(order, as_json=as_json, automation=allow_automation))


def _order(paths: list[Path], mapping: str, workers: int | None, only: list[str], flags: dict[str, bool]) -> "Order":
    from caseline.actions.run_import import Order
    from caseline.settings import load
    from staging.register import Options

    options = Options(
        flags["--overwrite"],
        retry_failed=not flags["--no-retry-failed"],
        only=tuple(only),
        reconvert=flags["--reconvert"],
    )
    return Order(tuple(paths), mapping, options, workers or load().workers, confirmed=flags["--yes"])


def run_flow(paths: list[Path], mapping: str, words: Sequence[str] = ()) -> int:
    """Run the import as a Prefect flow run, in a process of its own; answers its exit code."""
    if find_spec("prefect") is None:
        screen.complain("Prefect is not installed: leave --prefect out, or install caseline with it (make install)")
        return COULD_NOT_RUN
    command = [sys.executable, "-m", "flows.import_legacy", *map(str, paths), "--mapping", mapping, *words]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own program


def check_parts(mapping: str, only: list[str]) -> None:
    """Parts named by --only must be parts of the mapping."""
    from staging import mapping_file

    parts = list(mapping_file.load(mapping).parts)
    for name in only:
        if name not in parts:
            raise typer.BadParameter(no_such_part(name, parts), param_hint="--only")


def no_such_part(name: str, parts: list[str]) -> str:
    """Words for it, with the remedy."""
    return f"{name!r} is no part of the mapping: use one of {', '.join(parts)}"
