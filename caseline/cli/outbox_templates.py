"""The commands `caseline outbox template`: the words of letters."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caseline.cli import door, screen
from caseline.cli.choices import ByOption, JsonOption
from caseline.cli.plain import plain
from caseline.timing.vocabulary import Language

if TYPE_CHECKING:
    from caseline.actions.wiring import House
    from caseline.outbox.templates import Template

_Code = Annotated[str, typer.Argument(metavar="CODE", help="As `caseline outbox template list` shows.")]
_Language = Annotated[Language, typer.Option("--lang", help="Language of the letter.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="Templates of letters: list, show, set.", no_args_is_help=True)
    for name, command in (("list", listed), ("show", show), ("set", change)):
        family.command(name)(command)
    app.add_typer(family, name="template")


def listed(as_json: JsonOption = False) -> None:
    """List all templates, and the tags that they may use."""
    from caseline.actions import keep_templates
    from caseline.outbox.tags import SYNONYMS, Tag

    with door.house() as house:
        found = keep_templates.templates(house)
    tags = {tag.value: [name for name, known in SYNONYMS.items() if known is tag] for tag in Tag}
    if as_json:
        rows = [plain(one) | {"shipped": shipped} for one, shipped in found.values()]
        screen.print_json({"templates": rows, "tags": tags})
        return
    table = screen.table("code", "language", "words", "subject")
    for one, shipped in found.values():
        table.add_row(one.code, one.language, "as shipped" if shipped else "changed", one.subject)
    screen.out().print(table)
    screen.out().print("Tags: " + ", ".join(f"%{name}% (%{', '.join(same)}%)" for name, same in tags.items()))


def show(code: _Code, language: _Language = Language.RUSSIAN, as_json: JsonOption = False) -> None:
    """Show a template."""
    from caseline.actions import keep_templates

    with door.house() as house:
        found = keep_templates.find(house, code, language.value)
    if as_json:
        screen.print_json(plain(found))
        return
    console = screen.out()
    for part in (f"Subject: {found.subject}", found.text, found.html):
        console.print(part, soft_wrap=True)


def change(
    code: _Code,
    language: _Language = Language.RUSSIAN,
    subject: Annotated[str | None, typer.Option("--subject", metavar="WORDS", help="The new subject.")] = None,
    text: Annotated[Path | None, typer.Option("--text", metavar="FILE", help="The new words, without HTML.")] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="The same as a piece of HTML; an empty file: none.")
    ] = None,
    by: ByOption = None,
) -> None:
    """Change a template, or make one; what is not said stays. A tag that does not exist is refused."""
    from caseline.actions import keep_templates

    with door.house() as house:
        before = _before(house, code, language.value)
        after = replace(
            before,
            subject=before.subject if subject is None else subject,
            text=before.text if text is None else text.read_text(encoding="utf-8"),
            html=before.html if html is None else html.read_text(encoding="utf-8"),
        )
        keep_templates.save(house, after, by=by, now=door.now())
    screen.out().print(f"Template {code} ({language.value}) is saved")


def _before(house: "House", code: str, language: str) -> "Template":
    from caseline.actions import keep_templates
    from caseline.outbox.templates import Template

    known, _shipped = keep_templates.templates(house).get((code, language), (None, False))
    return known or Template(code, language, "", "", "")
