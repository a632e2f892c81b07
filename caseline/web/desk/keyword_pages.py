"""Pages of the keyword dictionary: the list with its test box, one entry, export, settings."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from caseline.actions import check_keywords, edit_keywords, keywords_at_hand, note_deed, read_keywords
from caseline.people.rights import Right
from caseline.web.desk import fault_words, keyword_list
from caseline.web.desk.keyword_list import Form
from caseline.web.desk.visit import Visit
from keywords import checking, expansion, marks, store
from keywords.drafts import Draft
from keywords.editing import Edit
from keywords.entries import Entry
from keywords.explanation import Answer
from keywords.rules import Rules
from keywords.vocabulary import Kind, Nested, Part, Scoring

LONGEST_TEXT = 200_000
"""Characters of a pasted text that are read; the rest is said to be left out."""
_LONGEST_SUBJECT = 2_000


def listed(visit: Visit) -> Response:
    """The list."""
    return _list(visit)


def tried(visit: Visit) -> Response:
    """What the dictionary, with all that is typed and not saved, says of a pasted text."""
    loaded = keywords_at_hand.now(visit.house)
    form = keyword_list.form(visit, {kept.id: kept for kept in loaded.kept})
    whole, head = visit.text("text"), visit.text("subject")
    text, subject = whole[:LONGEST_TEXT], head[:_LONGEST_SUBJECT]
    cut = len(whole) + len(head) - len(text) - len(subject)
    answer = keywords_at_hand.edited(loaded, _usable(form.edits), None).classify(text, subject)
    data = {**_answer(visit, answer, text, subject), "cut": cut, "unsaved": len(form.edits)}
    if visit.piece:
        return visit.page("keywords/answer.html", **data)
    return _list(visit, form, tried=data)


def proposed(visit: Visit) -> Response:
    """Keep what is typed in the list as a draft, and show it."""
    loaded = keywords_at_hand.now(visit.house)
    form = keyword_list.form(visit, {kept.id: kept for kept in loaded.kept})
    if not form.edits:
        return _list(visit, form, problem="nothing")
    return _propose(visit, form.edits)


def form(visit: Visit) -> Response:
    """An entry by itself, or an empty form for a new one."""
    number = visit.request.path_params.get("number")
    if number is None:
        entry = Entry(keyword=visit.text("keyword"), weight=50, category=visit.text("category"))
        return _form(visit, entry, None)
    kept = read_keywords.entry(visit.house, number)
    if kept is None:
        return visit.page("problem.html", status=404, code="404")
    return _form(visit, kept.entry, kept)


def written(visit: Visit) -> Response:
    """Keep the form of one entry as a draft, and show it."""
    number = visit.request.path_params.get("number")
    kept = None if number is None else read_keywords.entry(visit.house, number)
    if number is not None and kept is None:
        return visit.page("problem.html", status=404, code="404")
    if "delete" in visit.form and kept is not None:
        return _propose(visit, [Edit(None, kept.id, visit.number("seen"))])
    entry = keyword_list.entry_of(visit, number)
    faults = check_keywords.faults(visit.house, [Edit(entry, number)])
    if faults:
        return _form(visit, entry, kept, faults=fault_words.said(visit.texts, faults.get(0, [])))
    if kept is not None and entry == kept.entry:
        return visit.go("/keywords", notice="nothing")
    return _propose(visit, [Edit(entry, number, visit.number("seen"))])


def forms(visit: Visit) -> Response:
    """Which forms of the words a keyword will meet, while it is typed."""
    entry = keyword_list.entry_of(visit, None)
    return visit.page("keywords/forms.html", forms=_forms(entry), entry=entry)


def _forms(entry: Entry) -> list[list[str]]:
    return expansion.forms(entry.keyword[: checking.LONGEST_KEYWORD], entry.kind)


def exported(visit: Visit) -> Response:
    """The dictionary as a CSV file that spreadsheets may open."""
    note_deed.note(visit.house, visit.login.name, "keywords_exported", "", {}, now=visit.now)
    name = f"keywords-{visit.texts.local(visit.now):%Y-%m-%d}.csv"
    return Response(
        # Without the mark at its beginning Excel takes UTF-8 for an older encoding.
        "\ufeff" + read_keywords.exported(visit.house),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def settings(visit: Visit) -> Response:
    """How weights are compared."""
    return _settings(visit)


def settings_proposed(visit: Visit) -> Response:
    """Keep changed settings as a draft, and show it."""
    loaded = keywords_at_hand.now(visit.house)
    seen = visit.number("seen")
    present = loaded.rules if seen in {None, loaded.version} else read_keywords.rules_at(visit.house, seen or 0)
    by_name = check_keywords.codes(edit_keywords.labels(visit.house))
    order = _lines(visit.text("category_order"))
    try:
        rules = Rules(
            scoring=Scoring(visit.text("scoring")),
            nested=Nested(visit.text("nested")),
            min_score=_least(visit, "min_score"),
            min_margin=_least(visit, "min_margin"),
            subject_factor=_least(visit, "subject_factor"),
            category_order=tuple(dict.fromkeys(by_name.get(line.casefold(), line) for line in order)),
        )
    except ValueError:
        return _settings(visit, status=422, problem="number")
    unknown = [line for line in order if line.casefold() not in by_name]
    if unknown:
        return _settings(visit, status=422, problem="category", unknown=unknown[0])
    if store.plain_rules(rules) == store.plain_rules(present):
        return visit.go("/keywords/settings", notice="nothing")
    return _propose(visit, [], rules, seen=present)


def _settings(visit: Visit, *, status: int = 200, problem: str = "", unknown: str = "") -> Response:
    """The form: what is typed, where something in it was refused."""
    return visit.page(
        "keywords/settings.html",
        status=status,
        loaded=keywords_at_hand.now(visit.house),
        labels=edit_keywords.labels(visit.house),
        typed=visit.form if problem else {},
        problem=problem,
        unknown=unknown,
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _least(visit: Visit, name: str) -> float:
    value = float(visit.text(name).replace(",", "."))
    if not 0 <= value <= (100 if name == "subject_factor" else 1_000_000):
        raise ValueError(name)
    return value


def _usable(edits: Sequence[Edit]) -> list[Edit]:
    """Edits without nonsense, for the test box: a weight that is no number is left as it was."""
    return [edit for edit in edits if edit.entry is None or edit.entry.weight >= 0]


def _propose(
    visit: Visit, edits: Sequence[Edit], settings: Rules | None = None, *, seen: Rules | None = None
) -> Response:
    draft = Draft(
        login=visit.login.name,
        source="edit",
        title="",
        edits=tuple(edits),
        settings=settings,
        seen=seen,
        made_at=visit.now,
    )
    return visit.go(f"/keywords/drafts/{edit_keywords.propose(visit.house, draft)}")


def _list(visit: Visit, form: Form = keyword_list.EMPTY, **more: Any) -> Response:  # noqa: ANN401 - a template's values
    loaded = keywords_at_hand.now(visit.house)
    uses = read_keywords.uses(visit.house)
    part = keyword_list.part(loaded.kept, uses.by_entry, keyword_list.wanted(visit), form.typed)
    return visit.page(
        "keywords/list.html",
        **{
            "part": part,
            "loaded": loaded,
            "scored": uses.records,
            "categories": edit_keywords.categories(visit.house),
            "labels": edit_keywords.labels(visit.house),
            "drafts": edit_keywords.waiting(visit.house) if visit.may(Right.EDIT_KEYWORDS) else [],
            "states": keyword_list.STATES,
            "tried": None,
            "problem": "",
            "text": visit.text("text"),
            "subject": visit.text("subject"),
            "edits": visit.may(Right.EDIT_KEYWORDS),
            **more,
        },
        status=422 if more.get("problem") else 200,
    )


def _form(visit: Visit, entry: Entry, kept: store.Kept | None, *, faults: list[str] | None = None) -> Response:
    return visit.page(
        "keywords/entry.html",
        status=422 if faults else 200,
        entry=entry,
        kept=kept,
        seen=(visit.number("seen") if faults else None) or (kept.version if kept else 0),
        faults=faults or [],
        kinds=list(Kind),
        forms=_forms(entry),
        fields=fault_words.FIELDS,
        reason=fault_words.reason,
        categories=edit_keywords.categories(visit.house),
        labels=edit_keywords.labels(visit.house),
        history=read_keywords.history_of(visit.house, kept.id) if kept else [],
        edits=visit.may(Right.EDIT_KEYWORDS),
    )


def _answer(visit: Visit, answer: Answer, text: str, subject: str) -> dict[str, Any]:
    return {
        "answer": answer,
        "body": marks.pieces(text, answer.matches, Part.BODY),
        "head": marks.pieces(subject, answer.matches, Part.SUBJECT),
        "labels": edit_keywords.labels(visit.house),
    }
