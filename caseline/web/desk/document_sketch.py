"""Documents in forms: what a form says becomes a part of a document, as it was typed where it is no value."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from caseline.feedback.forms import LANGUAGES
from caseline.web.desk.visit import Visit

_WHOLE: Final = re.compile(r"-?[0-9]{1,9}")
_DECIMAL: Final = re.compile(r"-?[0-9]{1,9}[.,][0-9]{1,6}")


def number(text: str) -> int | float | str | None:
    """The number that a text is; the text itself where it is none, for whoever reads the document to refuse."""
    plain = text.strip()
    if not plain:
        return None
    if _WHOLE.fullmatch(plain):
        return int(plain)
    return float(plain.replace(",", ".")) if _DECIMAL.fullmatch(plain) else plain


def words(visit: Visit, name: str) -> dict[str, str]:
    """A text by language, of the fields `name.ru` and `name.en`; languages without a text are left out."""
    found = {one: visit.text(f"{name}.{one}").replace("\r\n", "\n").strip() for one in LANGUAGES}
    return {one: text for one, text in found.items() if text or one == LANGUAGES[0]}


def maybe_words(visit: Visit, name: str) -> dict[str, str] | None:
    """The same, or None where nothing is written."""
    found = words(visit, name)
    return found if any(found.values()) else None


def ticked(visit: Visit, name: str) -> list[str]:
    """What is ticked in a list, each once, in order."""
    return sorted({one for one in visit.form.getlist(name) if isinstance(one, str) and one})


def listed(text: str) -> list[str]:
    """Words that are parted by commas, semicolons, blanks or lines."""
    return [one for one in re.split(r"[\s,;]+", text) if one]


def two_languages(text: str) -> list[dict[str, str]]:
    """Lines of `Russian | English`; the second may be left out."""
    found = []
    for line in text.replace("\r\n", "\n").split("\n"):
        first, _, second = line.partition("|")
        if first.strip() or second.strip():
            made = {"ru": first.strip(), "en": second.strip()}
            found.append({code: one for code, one in made.items() if one or code == LANGUAGES[0]})
    return found


def as_lines(given: object) -> str:
    """What `two_languages` reads."""
    lines = []
    for one in given if isinstance(given, list) else []:
        said = both(one)
        lines.append(f"{said['ru']} | {said['en']}" if said["en"] else said["ru"])
    return "\n".join(lines)


def both(given: object) -> dict[str, str]:
    """A text of a document for its two fields."""
    if isinstance(given, Mapping):
        return {one: str(given.get(one) or "") for one in LANGUAGES}
    return {LANGUAGES[0]: str(given or ""), **dict.fromkeys(LANGUAGES[1:], "")}


def put(into: dict[str, Any], **values: Any) -> None:  # noqa: ANN401 - values of a document
    """Set these; None takes one out."""
    for name, value in values.items():
        if value is None:
            into.pop(name, None)
        else:
            into[name] = value


def rows(visit: Visit, letter: str, most: int) -> Iterable[str]:
    """The beginnings `f0.`, `f1.` … of the fields of rows, in their order on the page."""
    count = min(visit.number(f"{letter}.rows") or 0, most)
    return (f"{letter}{place}." for place in range(count))


def moved(there: list[Any], wish: str) -> None:
    """Do what a button of a row says: `2-` takes the third out, `2^` moves it up, `2v` down."""
    found = re.fullmatch(r"([0-9]{1,4})([-^v])", wish)
    if found is None or int(found[1]) >= len(there):
        return
    place = int(found[1])
    if found[2] == "-":
        del there[place]
        return
    other = place - 1 if found[2] == "^" else place + 1
    if 0 <= other < len(there):
        there[place], there[other] = there[other], there[place]
