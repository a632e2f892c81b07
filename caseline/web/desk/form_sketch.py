"""Forms of questions in the editor of the desk: what is typed becomes a document, whatever its questions are."""

import copy
from collections.abc import Mapping
from typing import Any, Final

from caseline.feedback.forms import MOST_QUESTIONS, RATED, Kind
from caseline.web.desk import document_sketch as sketch
from caseline.web.desk.document_sketch import put
from caseline.web.desk.visit import Visit

Document = dict[str, Any]
_EMPTY: Final = {"key": "", "kind": "text", "label": {}, "hint": {}, "required": False, "from": "", "to": ""}
_MORE: Final = {"bad_to": "", "options": [], "target": "", "when": {}}


def typed(visit: Visit, was: Mapping[str, Any]) -> Document:
    """The document that the editor says; what it does not show stays as it was."""
    made: Document = copy.deepcopy(dict(was))
    put(made, name=visit.text("name").strip() or None)
    made["title"] = sketch.words(visit, "title")
    put(made, thanks=sketch.maybe_words(visit, "thanks"))
    before = {str(one.get("key")): one for one in questions(was)}
    made["questions"] = [_question(visit, name, before) for name in sketch.rows(visit, "q", MOST_QUESTIONS)]
    return made


def questions(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Those of a document, whatever else stands in the list."""
    found = document.get("questions")
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _question(visit: Visit, name: str, before: Mapping[str, Mapping[str, Any]]) -> Document:
    made: Document = copy.deepcopy(dict(before.get(visit.text(f"{name}was"), {})))
    kind = visit.text(f"{name}kind")
    put(made, key=visit.text(f"{name}key").strip(), kind=kind)
    put(made, label=sketch.words(visit, f"{name}label"), hint=sketch.maybe_words(visit, f"{name}hint"))
    put(made, required=True if visit.text(f"{name}required") else None, target=visit.text(f"{name}target") or None)
    for part in ("from", "to", "bad_to"):
        value = sketch.number(visit.text(f"{name}{part}")) if kind in RATED else None
        put(made, **{part: value})
    if f"{name}options" in visit.form:
        put(made, options=options(visit.text(f"{name}options")) or None)
    elif kind != made.get("kind") or kind not in {Kind.CHOICE, Kind.SMILEYS}:
        made.pop("options", None)
    other = visit.text(f"{name}when_question")
    answers = sketch.listed(visit.text(f"{name}when_is"))
    put(made, when={"question": other, "is": answers} if other else None)
    return made


def options(text: str) -> list[Document]:
    """Lines of `code: Russian | English`."""
    found = []
    for line in text.replace("\r\n", "\n").split("\n"):
        code, _, rest = line.partition(":")
        if line.strip():
            said = sketch.two_languages(rest)
            found.append({"code": code.strip(), "label": said[0] if said else {"ru": ""}})
    return found


def as_lines(given: object) -> str:
    """What `options` reads."""
    found = [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
    return "\n".join(f"{one.get('code', '')}: {sketch.as_lines([one.get('label')])}" for one in found)


def filled(one: Mapping[str, Any]) -> Document:
    """A question for the template, with something in every place."""
    made: Document = {**_EMPTY, **_MORE, **one}
    when = made["when"]
    answers = when.get("is") if isinstance(when, Mapping) else []
    made["when_is"] = ", ".join(map(str, answers)) if isinstance(answers, list) else str(answers or "")
    made["when_question"] = when.get("question", "") if isinstance(when, Mapping) else ""
    made["lines"] = as_lines(made["options"])
    return made


def drawn(made: Document, visit: Visit) -> None:
    """Do what a button says: add a question, take one out, move it up or down."""
    wish, there = visit.text("draw"), made.setdefault("questions", [])
    if wish == "+" and len(there) < MOST_QUESTIONS:
        kind = visit.text("new_kind")
        kind = kind if kind in set(Kind) else Kind.TEXT.value
        keys = {one.get("key") for one in there}
        key = next(name for place in range(1, MOST_QUESTIONS + 2) if (name := f"question{place}") not in keys)
        there.append({"key": key, "kind": kind, "label": {"ru": ""}})
    else:
        sketch.moved(there, wish)
