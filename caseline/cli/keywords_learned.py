"""Commands that learn a dictionary and judge one: `keywords learn`, `keywords evaluate`."""

from pathlib import Path
from typing import Annotated

import typer

from caseline.cli import door, keyword_sources, keywords_shown, screen
from caseline.cli.choices import JsonOption
from caseline.cli.keyword_sources import DictionaryOption, OutOption, ScoringOption, TrainOption


def learn(
    train: TrainOption = None,
    from_crm: Annotated[
        bool, typer.Option("--from-crm", help="Learn from requests whose category people or an import have set.")
    ] = False,
    entries: Annotated[
        int, typer.Option("--entries-per-category", metavar="N", min=1, max=1000, help="At most so many for each.")
    ] = 30,
    scoring: ScoringOption = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed and texts give the same dictionary.")] = 0,
    out: OutOption = None,
    draft: Annotated[
        bool,
        typer.Option("--draft", help="Keep the proposals for the desk, where they are accepted one by one or all."),
    ] = False,
) -> None:
    """Propose a dictionary from texts whose category is known, with weights for the scoring in force."""
    from caseline.actions import learn_keywords
    from keywords import dictionary_file

    if (train is None) == (not from_crm):
        raise typer.BadParameter("say what to learn from: either --train FILE.csv or --from-crm")
    if train is not None and not draft:
        taught = keyword_sources.examples(train)
        learned = learn_keywords.learn(taught, keyword_sources.rules(scoring), entries_per_category=entries, seed=seed)
    else:
        with door.house() as house:
            taught = keyword_sources.examples(train) if train else learn_keywords.examples(house)
            rules = learn_keywords.rules(house, scoring)
            learned = learn_keywords.learn(taught, rules, entries_per_category=entries, seed=seed)
            if draft:
                number = learn_keywords.propose(house, learned, taught, by="caseline keywords learn", now=door.now())
                screen.beside().print(f"Draft {number}: look at it in the desk, /keywords/drafts/{number}")
    if out is not None or not draft:
        keyword_sources.write(out, dictionary_file.write(proposal.entry for proposal in learned.proposals))
    keywords_shown.learned(learned, len(taught))


def evaluate(
    test: Annotated[
        Path | None,
        typer.Option("--test", metavar="FILE.csv", help="Judge by these texts (text,category), not by requests."),
    ] = None,
    train: TrainOption = None,
    dictionary: DictionaryOption = None,
    scoring: ScoringOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a dictionary: accuracy, coverage, precision, recall and F1 by category, commonest mistakes, the ceiling.

    Without --test by the newest fifth of the requests whose category people have set; the ceiling, a TF-IDF with a
    linear SVM, learns from the older ones (from --train with --test).
    """
    from caseline.actions import evaluate_keywords

    if test is None and (dictionary or train or scoring):
        raise typer.BadParameter("--dictionary, --scoring and --train need texts to judge by: name them with --test")
    if test is None:
        with door.house() as house:
            found = evaluate_keywords.evaluate(house, now=door.now())
        bad = 0
    else:
        classifier, bad = keyword_sources.classifier(dictionary, scoring)
        found = evaluate_keywords.judge(
            classifier, keyword_sources.examples(train) if train else [], keyword_sources.examples(test)
        )
    keywords_shown.judgement(found, as_json=as_json)
    keyword_sources.end(bad)
