"""Pages of drafts and of the history: what would change, the dry run, saving, restoring."""

from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from caseline.actions import (
    check_keywords,
    edit_keywords,
    evaluate_keywords,
    keywords_at_hand,
    learn_keywords,
    read_keywords,
    rehearse_keywords,
)
from caseline.actions.edit_keywords import Consent, NotSaved, Review, Wish
from caseline.web.desk import fault_words
from caseline.web.desk.visit import Visit
from keywords.faults import NothingToJudge
from keywords.learning import picture
from keywords.rehearsal import Comparison
from keywords.store import Overtaken

_SAMPLES = 20
_ON_PAGE = 50
_PROPOSALS = 2_000
"""Proposals of the learner that a page shows; the draft holds the others, too."""
_CHANGES = 500
"""Changes of one save that its page shows."""
_MOST_DRAWN = 41
"""Categories, with none at all as one; a larger picture shows nothing."""
_SIZES = (1_000, rehearse_keywords.MOST)
"""Over how many of the newest requests a dry run may go."""


def shown(visit: Visit) -> Response:
    """A draft beside the dictionary, with its dry run."""
    return _draft(visit)


def samples(visit: Visit) -> Response:
    """Requests that a draft would move from one category to another."""
    review = _review(visit)
    if review is None:
        return visit.page("problem.html", status=404, code="404")
    comparison = _compare(visit, review)
    old, new = visit.text("old") or None, visit.text("new") or None
    ids = next((ids for step, ids in comparison.steps.items() if (step.old, step.new) == (old, new)), ())
    total, texts = rehearse_keywords.samples(visit.house, visit.viewer, ids, _SAMPLES)
    return visit.page(
        "keywords/samples.html",
        review=review,
        old=old,
        new=new,
        total=total,
        size=_size(visit),
        texts_found=texts,
        labels=edit_keywords.labels(visit.house),
    )


def saved(visit: Visit) -> Response:
    """Save a draft."""
    review = _review(visit)
    if review is None:
        return visit.page("problem.html", status=404, code="404")
    if _faults(visit, review):
        return _draft(visit, problem="faults")
    comparison = _compare(visit, review)
    consent = Consent(
        by=visit.login.name,
        reason=visit.text("reason"),
        effect={"requests": comparison.total, "changed": comparison.changed, "lost": comparison.lost},
        switch_agreed="switch" in visit.form,
    )
    try:
        edit_keywords.save(visit.house, review.draft.id, consent, now=visit.now)
    except NotSaved as error:
        return _draft(visit, problem=error.code)
    except Overtaken:
        return _draft(visit, problem="overtaken")
    return visit.go("/keywords", notice="saved")


def dropped(visit: Visit) -> Response:
    """Throw a draft away."""
    edit_keywords.drop(visit.house, visit.request.path_params["number"], by=visit.login.name, now=visit.now)
    return visit.go("/keywords", notice="dropped")


def chosen(visit: Visit) -> Response:
    """A draft of the proposals that are ticked."""
    places, number = visit.numbers("tick"), visit.request.path_params["number"]
    if not places:
        return _draft(visit, problem="tick")
    try:
        made = learn_keywords.take(visit.house, number, places, by=visit.login.name, now=visit.now)
    except LookupError:
        return visit.page("problem.html", status=404, code="404")
    return visit.go(f"/keywords/drafts/{made}")


def evaluation(visit: Visit) -> Response:
    """How the dictionary fares on requests whose category people have set."""
    return _evaluation(visit)


def evaluated(visit: Visit) -> Response:
    """Judge it now."""
    try:
        evaluate_keywords.evaluate(visit.house, now=visit.now)
    except NothingToJudge:
        return _evaluation(visit, problem="nothing")
    return visit.go("/keywords/evaluation")


def _evaluation(visit: Visit, *, problem: str = "") -> Response:
    found, labels = evaluate_keywords.kept(visit.house), edit_keywords.labels(visit.house)
    drawn = None
    if found and len(found[0].data["names"]) <= _MOST_DRAWN:
        data, nobody = found[0].data, visit.texts.say("no category")
        drawn = Markup(  # noqa: S704 - our own drawing, which escapes every name
            picture.confusion(
                data["names"],
                data["confusion"],
                title=visit.texts.say("Confusion"),
                label=lambda code: labels.get(code, code) or nobody,
            )
        )
    return visit.page(
        "keywords/evaluation.html",
        status=422 if problem else 200,
        evaluations=found,
        labels=labels,
        picture=drawn,
        problem=problem,
    )


def history(visit: Visit) -> Response:
    """All saves, newest first."""
    found = read_keywords.revisions(visit.house, before=visit.number("before"), most=_ON_PAGE + 1)
    more = found[_ON_PAGE - 1].version if len(found) > _ON_PAGE else None
    return visit.page("keywords/history.html", revisions=found[:_ON_PAGE], more=more, reason=fault_words.reason)


def revision(visit: Visit) -> Response:
    """What one save changed."""
    found = read_keywords.revision(visit.house, visit.request.path_params["number"])
    if found is None:
        return visit.page("problem.html", status=404, code="404")
    about, changes = found
    return visit.page(
        "keywords/revision.html",
        revision=about,
        changes=changes,
        shown=_CHANGES,
        labels=edit_keywords.labels(visit.house),
        present=keywords_at_hand.now(visit.house).version,
        fields=fault_words.FIELDS | fault_words.SETTINGS,
        reason=fault_words.reason,
    )


def restored(visit: Visit) -> Response:
    """Bring back the dictionary, or one entry, as it was after a save."""
    number, entry = visit.request.path_params["number"], visit.number("entry")
    if visit.text("before") == "1":
        number -= 1
    reason = visit.texts.say("back to version %(number)s", number=number)
    wish = Wish(by=visit.login.name, reason=reason, seen=visit.number("seen"))
    try:
        if entry is None:
            edit_keywords.restore(visit.house, number, wish, now=visit.now)
        else:
            edit_keywords.restore_entry(visit.house, entry, number, wish, now=visit.now)
    except LookupError:
        return visit.page("problem.html", status=404, code="404")
    except NotSaved as error:
        return visit.page("problem.html", status=409, code=error.code)
    return visit.go("/keywords/history", notice="restored")


def _review(visit: Visit) -> Review | None:
    try:
        return edit_keywords.review(visit.house, visit.request.path_params["number"])
    except LookupError:
        return None


def _faults(visit: Visit, review: Review) -> list[str]:
    edits = [line.edit for line in review.lines]
    found = check_keywords.faults(visit.house, edits)
    words = []
    for place, faults in sorted(found.items()):
        entry = edits[place].entry
        words += [f"{entry.keyword if entry else ''}: {said}" for said in fault_words.said(visit.texts, faults)]
    return words


def _compare(visit: Visit, review: Review) -> Comparison:
    edits = [line.edit for line in review.lines]
    recent = visit.request.app.state.recent
    found: Comparison = recent.compare(visit.house, edits, review.draft.settings, most=_size(visit))
    return found


def _size(visit: Visit) -> int:
    asked = visit.number("last")
    return asked if asked in _SIZES else rehearse_keywords.MOST


def _rehearsal(visit: Visit, review: Review) -> dict[str, Any]:
    faults = _faults(visit, review)
    return {
        "review": review,
        "faults": faults,
        "comparison": None if faults else _compare(visit, review),
        "size": _size(visit),
        "sizes": _SIZES,
        "most": _PROPOSALS,
        "labels": edit_keywords.labels(visit.house),
    }


def _draft(visit: Visit, *, problem: str = "") -> Response:
    review = _review(visit)
    if review is None:
        return visit.page("problem.html", status=404, code="404")
    return visit.page(
        "keywords/draft.html",
        status=422 if problem else 200,
        problem=problem,
        reason=visit.text("reason"),
        **_rehearsal(visit, review),
    )
