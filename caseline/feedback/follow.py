"""What follows from an answer: rules of a campaign, each with when it holds and what is then done once."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from caseline.feedback.answering import Grade
from caseline.feedback.forms import LANGUAGES
from caseline.feedback.reading import CampaignUnfit, Part


class Do(StrEnum):
    """What is done."""

    NOTICE = "notice"
    """People are told at the desk, and by mail if they have chosen so."""
    ASSIGNMENT = "assignment"
    RECORD = "record"
    """A record of another kind is made of the answer."""
    REVIEW = "review"
    """The client is asked for a public review."""
    BONUS = "bonus"
    WEBHOOK = "webhook"
    """Another system is told."""


class Who(StrEnum):
    """Somebody by his part in what was rated."""

    RESPONSIBLE = "responsible"
    ASKED_BY = "asked_by"
    """Whose deed has sent the letter."""
    HEAD = "head"
    """Of the division; without one, of the responsible person."""
    DIRECTOR = "director"
    """Everybody whose login is a director's."""
    QUALITY = "quality"


class On(StrEnum):
    """What a bonus is given for."""

    ANSWER = "answer"
    CLICK = "click"


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The answers by which a rule holds; all that is named must be so."""

    grades: frozenset[Grade] = frozenset()
    """Empty: any."""
    mean_from: float | None = None
    """The mean of the ratings, never rounded, is at least that."""
    mean_below: float | None = None

    def holds(self, grade: Grade | None, mean: float | None) -> bool:
        """Whether it is so for an answer; what asks for a mean does not hold where there is none."""
        if self.grades and grade not in self.grades:
            return False
        if self.mean_from is not None and (mean is None or mean < self.mean_from):
            return False
        return self.mean_below is None or (mean is not None and mean < self.mean_below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """A rule of a campaign."""

    key: str
    """By which what it does is done once for an ask: its place in the list, unless it is named."""
    when: When
    do: Do
    more: Mapping[str, Any]
    """Its parameters, checked."""


Words = Mapping[str, str]


def read(parts: list[Part]) -> tuple[Follow, ...]:
    """The rules of a campaign. Raises `CampaignUnfit`."""
    found: list[Follow] = []
    for one in parts:
        made = _rule(one)
        if any(made.key == earlier.key and made.do is earlier.do for earlier in found):
            raise one.fault("key", f"{made.key!r} is the key of another rule that does the same; give it its own")
        found.append(made)
    return tuple(found)


def _rule(one: Part) -> Follow:
    do = one.word("do", Do)
    one.only("do", "when", "key", *_MORE[do])
    when = one.part("when")
    when.only("grades", "mean_from", "mean_below")
    grades = when.words("grades")
    if strange := sorted(grades - set(Grade)):
        raise when.fault("grades", f"{strange[0]!r} is none; there are {', '.join(Grade)}")
    return Follow(
        key=one.text("key", do.value),
        when=When(
            grades=frozenset(map(Grade, grades)),
            mean_from=when.number("mean_from"),
            mean_below=when.number("mean_below"),
        ),
        do=do,
        more=_READ[do](one),
    )


def _notice(one: Part) -> dict[str, Any]:
    return {"to": sorted(_people(one, "to")), "text": one.by_language("text", LANGUAGES, needed=False)}


def _assignment(one: Part) -> dict[str, Any]:
    checklist = one.values.get("checklist") or []
    if not isinstance(checklist, list):
        raise one.fault("checklist", "a list of texts is expected")
    lines = [Part(one.where, {"checklist": line}).by_language("checklist", LANGUAGES) for line in checklist]
    return {
        "to": one.word("to", Who, Who.HEAD).value,
        "author": one.word("author", Who, Who.HEAD).value,
        "title": one.by_language("title", LANGUAGES),
        "text": one.by_language("text", LANGUAGES, needed=False),
        "starts_days": one.whole("starts_days", 0, most=365) or 0,
        "due_days": one.whole("due_days", 2, 1, 365) or 1,
        "checklist": lines,
    }


def _record(one: Part) -> dict[str, Any]:
    return {"kind": one.text("kind", "nps"), "name": one.by_language("name", LANGUAGES)}


def _review(one: Part) -> dict[str, Any]:
    targets = sorted(one.words("targets"))
    if not targets:
        raise one.fault("targets", "name where the review may be written")
    return {"targets": targets, "text": one.by_language("text", LANGUAGES, needed=False)}


def _bonus(one: Part) -> dict[str, Any]:
    return {
        "given_for": one.word("given_for", On, On.ANSWER).value,
        "amount": one.whole("amount", None, 1, 10_000_000) or _needed(one, "amount"),
        "lasts_days": one.whole("lasts_days", 180, 1, 3650) or 180,
        "most": one.whole("most", None, 1, 1000),
        "services": sorted(one.words("services")),
        "apply": one.flag("apply", default=False),
    }


def _webhook(one: Part) -> dict[str, Any]:
    return {"hook": one.text("hook")}


def _needed(one: Part, name: str) -> int:
    raise one.fault(name, "it must be named")


def _people(one: Part, name: str) -> frozenset[str]:
    found = one.words(name)
    if strange := sorted(found - set(Who)):
        raise one.fault(name, f"{strange[0]!r} is nobody; there are {', '.join(Who)}")
    if not found:
        raise one.fault(name, f"name who is told: {', '.join(Who)}")
    return found


_READ: Final = {
    Do.NOTICE: _notice,
    Do.ASSIGNMENT: _assignment,
    Do.RECORD: _record,
    Do.REVIEW: _review,
    Do.BONUS: _bonus,
    Do.WEBHOOK: _webhook,
}
_MORE: Final = {
    Do.NOTICE: ("to", "text"),
    Do.ASSIGNMENT: ("to", "author", "title", "text", "starts_days", "due_days", "checklist"),
    Do.RECORD: ("kind", "name"),
    Do.REVIEW: ("targets", "text"),
    Do.BONUS: ("given_for", "amount", "lasts_days", "most", "services", "apply"),
    Do.WEBHOOK: ("hook",),
}

__all__ = ["CampaignUnfit", "Do", "Follow", "On", "When", "Who", "read"]
