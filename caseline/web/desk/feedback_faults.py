"""Says in the language of the page what is wrong with a campaign or a form, and where; a test knows the texts."""

import re
from dataclasses import dataclass
from typing import Final

from caseline.web.language import Texts, later

TEXTS: Final = (
    later("there is no such part; there are %(known)s"),
    later("a list is expected"),
    later("it is empty; write something"),
    later("a text of up to %(most)s characters is expected"),
    later("texts of up to %(most)s characters are expected"),
    later("%(value)s is not known; take one of %(known)s"),
    later("a list of codes is expected"),
    later("a list of numbers is expected"),
    later("a list of texts is expected"),
    later("%(value)s is no whole number from %(least)s to %(most)s"),
    later("%(value)s is no number of hours from %(least)s to %(most)s"),
    later("%(value)s is no number"),
    later("agreements, records and assignments are kept in a register of our own, and the CRM here is %(crm)s"),
    later("%(value)s is neither true nor false"),
    later("%(value)s is no time of day; write it as 09:30, in quotes in a file"),
    later("a text for %(languages)s is expected"),
    later("%(kind)s stands where names with values are expected"),
    later("%(kind)s stands where a set of names and values is expected"),
    later("none is named; name codes of stages, or say closed: true"),
    later("say after how many days in the stage somebody is asked"),
    later("%(address)s does not go with the channel %(channel)s; a chat is found by phone"),
    later("only an agreement has a manager who can be asked; take the address of the card"),
    later("it is no id of a division"),
    later("%(value)s is no code of a form: small Latin letters, digits and dashes"),
    later("the quiet period must be longer than the minute in which bursts are looked for"),
    later("base and hoped are two different shares between 0 and 1"),
    later("%(value)s is the code of another variant; give it its own"),
    later("nobody gets any of them; give one of them a share"),
    later("%(value)s is the key of another rule that does the same; give it its own"),
    later("%(value)s is none; there are %(known)s"),
    later("%(value)s is nobody; there are %(known)s"),
    later("name who is told: %(known)s"),
    later("name where the review may be written"),
    later("it must be named"),
    later("there is no form %(value)s; make it, or name another one"),
    later("there is no stage %(value)s; make it, or name another one"),
    later("the form has no question that is answered by a rating: add one, or choose another form"),
    later("the form has %(number)s ratings, a chat asks %(most)s at most: choose another form"),
    later(
        "the form requires %(value)s, which a chat does not ask, so no answer would be whole: make it voluntary, or"
        " choose another form"
    ),
    later("there is no template %(code)s in %(language)s: there are %(known)s"),
    later("there are none; add one"),
    later("%(number)s are more than %(most)s; take some out"),
    later("%(value)s is the key of another one; give it its own"),
    later("%(value)s is none; take letters, digits and _"),
    later("%(value)s is no field; name one, or leave it out"),
    later("%(least)s to %(most)s is no scale of 2 to %(widest)s whole numbers"),
    later("whether somebody would recommend is answered from 0 to 10"),
    later("there are 2 to 5 smileys, from 1 on"),
    later("%(value)s is not on the scale, or leaves no good rating"),
    later("two at least are needed to choose from"),
    later("name the words of 1 to %(highest)s in this order, or leave them out"),
    later("%(value)s is none, or there twice"),
    later("it names a question and the answers by which this one is asked"),
    later("no question before it has the key %(value)s"),
    later("%(value)s is answered in words; name one with answers to choose from"),
    later("%(question)s has no answer %(value)s"),
    later("%(value)s is no language of ours; take %(known)s"),
)
"""What is wrong, as the rules say it in English."""
UNREAD: Final = (
    later("an alias (*) is not taken: write it out"),
    later("the name %(name)s stands there twice"),
    later("a name is expected before the colon"),
    later("the text is longer than %(most)s characters: shorten it"),
    later("it cannot be read here: look at blanks and colons"),
    later("names with values are expected"),
    later("a text holds signs that cannot be kept: take them out"),
)
"""What is wrong with a text that is to be a document."""
PLACES: Final = {
    "campaign": later("campaign"),
    "form": later("form"),
    "question": later("question"),
    "name": later("name"),
    "kind": later("kind"),
    "trigger": later("when somebody is asked"),
    "stages": later("stages"),
    "age_days": later("days in the stage"),
    "every_days": later("days between asks"),
    "record": later("records"),
    "audience": later("whom"),
    "services": later("categories"),
    "without_services": later("left out"),
    "divisions": later("divisions"),
    "finished_within_days": later("finished within days"),
    "person_rests_days": later("days of rest"),
    "address": later("address"),
    "channel": later("channel"),
    "fallback": later("otherwise"),
    "forms_by_division": later("forms of divisions"),
    "letter": later("letter"),
    "reminder": later("reminder"),
    "schedule": later("times"),
    "delay_hours": later("delay in hours"),
    "since": later("from"),
    "until": later("until"),
    "reminder_after": later("reminder after days"),
    "lasts_days": later("days that the link works"),
    "rule": later("what counts"),
    "mode": later("mode"),
    "first_window_s": later("first seconds"),
    "quiet_min": later("quiet minutes"),
    "follow": later("rule"),
    "when": later("condition"),
    "grades": later("grades"),
    "mean_from": later("mean from"),
    "to": later("whom"),
    "mean_below": later("mean below"),
    "author": later("author"),
    "title": later("title"),
    "text": later("text"),
    "due_days": later("due in days"),
    "starts_days": later("starts in days"),
    "checklist": later("checklist"),
    "targets": later("pages for reviews"),
    "amount": later("amount"),
    "most": later("at most"),
    "do": later("deed"),
    "hook": later("address of the system"),
    "given_for": later("given for"),
    "variants": later("variant"),
    "share": later("share"),
    "changes": later("changes"),
    "planned": later("planned shares"),
    "key": later("key"),
    "code": later("code"),
    "label": later("question text"),
    "hint": later("explanation"),
    "bad_to": later("bad up to"),
    "options": later("answers to choose from"),
    "option": later("answer"),
    "target": later("field of the record"),
    "from": later("from"),
    "required": later("has to be answered"),
    "thanks": later("thanks"),
    "ru": "RU",
    "en": "EN",
    "questions": later("questions"),
    "texts": later("texts of the chat"),
    "buttons": later("buttons"),
}
"""Parts of documents, as the forms of the desk call them."""
_NUMBERED: Final = re.compile(r"(\w+) (\S+)")


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"%\((\w+)\)s", text)
    return re.compile("".join(f"(?P<{one}>.+?)" if place % 2 else re.escape(one) for place, one in enumerate(parts)))


_PATTERNS: Final = [(_pattern(text), text) for text in TEXTS]


@dataclass(frozen=True, slots=True)
class Said:
    """A fault in words, and the parts of the document that lead to it, such as `follow 2` and `to`."""

    place: tuple[str, ...]
    words: str

    def at(self, *place: str) -> bool:
        """Whether it lies there."""
        return self.place[: len(place)] == place


def read(texts: Texts, error: Exception) -> Said:
    """What is wrong, and where."""
    where, colon, what = str(error).partition(": ")
    if not colon:
        return Said((), _what(texts, where))
    parts = tuple(where.split(", "))
    named = ", ".join(_place(texts, one) for one in parts if one not in {"campaign", "form"} or len(parts) == 1)
    words = f"{named}: {_what(texts, what)}"
    return Said(parts[1:] if parts[0].split(" ")[0] in {"campaign", "form"} else parts, words[:1].upper() + words[1:])


def said(texts: Texts, error: Exception) -> str:
    """The same as one sentence."""
    return read(texts, error).words


def _place(texts: Texts, one: str) -> str:
    if one in PLACES:
        return texts.say(PLACES[one])
    found = _NUMBERED.fullmatch(one)
    return f"{texts.say(PLACES[found[1]])} {found[2]}" if found and found[1] in PLACES else one


def _what(texts: Texts, what: str) -> str:
    for pattern, text in _PATTERNS:
        if (found := pattern.fullmatch(what)) is not None:
            return texts.say(text, **found.groupdict()) if found.groupdict() else texts.say(text)
    return what
