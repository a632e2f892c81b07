"""The family `caseline keywords`: explain a text, classify files, import and export, sort requests."""

from pathlib import Path
from typing import Annotated

import typer

from caseline.cli import door, keyword_sources, keywords_learned, keywords_shown, screen
from caseline.cli.choices import JsonOption, LanguageOption
from caseline.cli.importing import STOPPED, stoppable
from caseline.cli.keyword_sources import DictionaryOption, OutOption, ScoringOption
from caseline.timing.vocabulary import Language


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(
        help="The weighted dictionary: explain, classify, import, export, learn, evaluate, sort requests.",
        no_args_is_help=True,
    )
    for name, command in (
        ("explain", explain),
        ("classify", classify),
        ("export", export),
        ("import", import_file),
        ("learn", keywords_learned.learn),
        ("evaluate", keywords_learned.evaluate),
        ("sort", sort),
    ):
        family.command(name)(command)
    app.add_typer(family, name="keywords")


def explain(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The text of a letter; - reads it from stdin.")],
    subject: Annotated[str, typer.Option("--subject", help="Its subject.")] = "",
    dictionary: DictionaryOption = None,
    scoring: ScoringOption = None,
    language: LanguageOption = Language.ENGLISH,
    as_json: JsonOption = False,
) -> None:
    """Say which category a text gets and why: entries with their weights and places, and why others do not count."""
    letter = typer.get_text_stream("stdin").read() if text == "-" else text
    classifier, bad = keyword_sources.classifier(dictionary, scoring)
    keywords_shown.answer(classifier.classify(letter, subject), letter, subject, language, as_json=as_json)
    keyword_sources.end(bad)


def classify(
    texts: Annotated[Path, typer.Option("--in", metavar="TEXTS.csv", help="Texts: id,text, and subject if wanted.")],
    dictionary: DictionaryOption = None,
    scoring: ScoringOption = None,
    out: OutOption = None,
) -> None:
    """Give every text of a file its category: id,category,score,margin. An empty category: a person decides."""
    from keywords import text_file

    classifier, bad = keyword_sources.classifier(dictionary, scoring)
    found = text_file.texts(texts.read_bytes(), texts.name)
    decided = ((each.id, classifier.decide(each.text, each.subject)) for each in found)
    keyword_sources.write(out, text_file.answers(decided))
    keyword_sources.end(bad)


def export(out: OutOption = None) -> None:
    """Write the register's dictionary as CSV, safe to open in a spreadsheet."""
    from caseline.actions import read_keywords

    with door.house() as house:
        keyword_sources.write(out, read_keywords.exported(house))


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="keyword,weight,category and kind,enabled,note.")],
    apply: Annotated[bool, typer.Option("--apply", help="Save it; without this only the difference is shown.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the history.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who, for the history.")] = "command line",
    as_json: JsonOption = False,
) -> None:
    """Show what a file would change in the register's dictionary, with a dry run over requests; --apply saves it.

    Rows with faults are left out and named; entries with the same words are changed and not doubled.
    """
    from caseline.actions import check_keywords, edit_keywords, rehearse_keywords
    from caseline.actions.edit_keywords import Consent
    from keywords.drafts import Draft

    if apply and not reason.strip():
        raise typer.BadParameter("--apply needs a --reason: it stands in the history")
    with door.house() as house:
        found = check_keywords.from_file(house, file.read_bytes(), file.name)
        comparison = rehearse_keywords.Recent().compare(house, found.edits, None)
        version = None
        if apply and found.edits:
            draft = Draft(login=by, source="import", title=file.name, edits=found.edits, made_at=door.now())
            effect = {"requests": comparison.total, "changed": comparison.changed, "lost": comparison.lost}
            number = edit_keywords.propose(house, draft)
            version = edit_keywords.save(house, number, Consent(by=by, reason=reason, effect=effect), now=door.now())
    keywords_shown.from_file(found, comparison, version, as_json=as_json)
    keyword_sources.end(len(found.faults))


def sort(
    processes: Annotated[int, typer.Option("--processes", min=1, max=64, help="Processes to share the work.")] = 2,
    as_json: JsonOption = False,
) -> None:
    """Give all requests without a category the one that the dictionary finds; an import does it by itself.

    Stopped anywhere it goes on where it was; requests whose category people have set are left alone.
    """
    from caseline.actions import sort_requests

    try:
        with stoppable(), door.house() as house, keywords_shown.bar("Sorting requests") as watch:
            found = sort_requests.sort(house, processes=processes, now=door.now(), watch=watch)
    except KeyboardInterrupt:
        screen.complain("Stopped. What is sorted stays sorted; the same command goes on where it stopped.")
        raise typer.Exit(STOPPED) from None
    keywords_shown.sorted_requests(found, as_json=as_json)
