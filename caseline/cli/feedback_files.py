"""Commands that write campaigns as YAML, and read them again: `feedback write`, `feedback import`."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from caseline.cli import door, screen


def register(family: typer.Typer) -> None:
    """Add the commands to the family of feedback."""
    family.command("write")(write)
    family.command("import")(read)


def write(
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Its code, as `caseline feedback list` shows.")],
) -> None:
    """Write a campaign as YAML: edit it, then read it with `feedback import FILE.yaml`."""
    import yaml

    from caseline.actions import keep_campaigns

    with door.house() as house:
        kept = keep_campaigns.find(house, campaign, now=door.now())
    sys.stdout.write(yaml.safe_dump(kept.document, allow_unicode=True, sort_keys=False, width=120))


def read(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A campaign, as `feedback write` writes one.")],
    code: Annotated[
        str | None,
        typer.Option("--code", metavar="CODE", help="Which campaign it is; the name of the file unless said."),
    ] = None,
) -> None:
    """Make a campaign of a file, switched off, or change the one that has this code."""
    from caseline.actions import keep_campaigns
    from caseline.actions.editing import Editor

    document, name = _document(file), code or file.stem
    editor = Editor(None, door.now())
    with door.house() as house:
        known = any(one.code == name for one in keep_campaigns.campaigns(house, now=editor.at))
        if known:
            keep_campaigns.change(house, name, document, editor)
        else:
            keep_campaigns.add(house, name, document, editor)
    said = "is changed" if known else "is there, switched off"
    screen.out().print(f"{name} {said}. Whom it would ask: caseline feedback try {name}", soft_wrap=True)


def _document(file: Path) -> dict[str, Any]:
    import yaml

    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file} is no YAML in UTF-8: {error}") from error
    if not isinstance(found, dict):
        raise typer.BadParameter(f"{file} holds no campaign: caseline feedback write smileys-on-closure shows one")
    return found
