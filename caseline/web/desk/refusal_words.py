"""Says refusals and faults of rows in the language of the page; a test compares the list with what is refused."""

import re
from collections.abc import Mapping
from typing import Final

from caseline.crm.port import NotOffered
from caseline.crm.refusals import Told
from caseline.outbox.faults import OutboxFault
from caseline.web.language import Texts, later

NO_PRODUCT: Final = later("No product is chosen: choose one in a list, or type part of its name.")
TEXTS: Final = (
    later("the catalogue has no such product any more: choose another one"),
    later("%(name)s is no longer in use: choose another product"),
    later("a catalogue has %(most)s levels at most: put it further up"),
    later("it cannot stand below itself, nor deeper than %(most)s levels: choose another place"),
    later("requests are about it, or something stands below it: take it out of use instead"),
    later("the catalogue has no such product any more: look at it again"),
    later("somebody else has changed %(name)s meanwhile: look at it again, then repeat what you want"),
    later("a name has 1 to %(most)s letters: give such a one"),
    later("%(name)s stands there already: give another name"),
    later("the catalogue was changed since the file was compared with it: compare again"),
    later("a level is empty though one below it is not: fill it"),
    later("no name: give one"),
    later("a name is longer than %(value)s letters: shorten it"),
    later("the id %(value)s stands in an earlier row, too: give each product its own"),
    later("no id: give one"),
    later("%(value)s is neither yes nor no: write one of them"),
    later("the parent %(value)s stands neither in the file nor in the catalogue: mend it"),
    later("%(value)s stands below itself: mend the parents"),
    later("%(value)s stands there already under another id: give another name"),
    later("deeper than %(value)s levels: put it further up"),
    later("the catalogue has no product %(value)s: leave the id empty of #, or mend it"),
    later("a name is needed: give one"),
    later("%(value)s… is longer than %(most)s letters: shorten it"),
    later("%(value)s is no mail address: write one such as name@example.org, or leave it empty"),
    later("%(value)s: there is no such one, or several: choose it from the list, or leave it empty"),
    later("a company is no part of itself: choose another one above it"),
    later("somebody else has changed %(name)s meanwhile: your values are still here, theirs stand beside them"),
    later("%(name)s was merged into another one: change that one"),
    later("it is one and the same: choose another one to merge it into"),
    later("%(name)s was merged into another one already: look at that one"),
    later("%(name)s is merged into none: there is nothing to take back"),
    later("somebody has changed one of the two since you looked: look at both again"),
    later("%(name)s stands below the other one: merge that one into it, or take it out from below first"),
    later(
        "%(above)s stands below %(below)s by now and would stand above it again: give %(above)s another parent first"
    ),
)

AT_WORK: Final = (
    later("%(name)s is closed already (%(stage)s): nothing to do"),
    later("%(name)s is open (%(stage)s): nothing to reopen"),
    later("%(name)s is in stage %(stage)s already: nothing to do"),
    later("%(name)s: the letter is empty: say something"),
    later("%(name)s: its contact has no mail address: give it one first"),
    later("an assignment needs a title and a text: say what is to be done"),
    later("an assignment is for one: name an outsider (--to), or a person of the house (--person)"),
    later("request %(key)r: there is none of this id, number or old key: `caseline request list`"),
    later("request %(key)r: several have this number: say which by its id: %(ids)s"),
    later("%(what)s %(key)r: there is none of this name: check the spelling, or give the id"),
    later("%(what)s %(key)r: several have this name: say which by its id: %(ids)s"),
    later("%(name)s: the note is empty: say something"),
    later("%(name)s: somebody else has changed it at this moment: look at it again"),
    later("%(name)s is open: nothing to do"),
    later("%(name)s is %(state)s already, since %(since)s: nothing to do"),
    later("letter %(letter)s is %(state)s and cannot be %(what)s: wait until it is settled"),
    later("ask %(ask)s: it has moved meanwhile: look at it again"),
    later("ask %(ask)s: this cannot be done about it as it stands: look at it again"),
    later("ask %(ask)s: its letter is leaving at this moment: cancel it in a minute"),
    later("ask %(ask)s has ended: ask anew from the card of the request"),
    later("request %(request)s: nobody is asked: %(reason)s"),
    later("request %(request)s: this campaign has asked about it today: wait until tomorrow"),
    later("letter %(letter)s is %(state)s and cannot be %(what)s: `caseline outbox show` says more"),
)
"""What is refused to whoever works on a request; its page need not name it again."""


_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "state": {
        "open": later("open"),
        "done": later("done"),
        "cancelled": later("cancelled"),
        "queued": later("queued"),
        "held": later("held"),
        "sending": later("sending"),
        "sent": later("sent"),
        "failed": later("failed"),
    },
    "what": {"category": later("category"), "stage": later("stage")},
}
"""Values that are codes, by the name that they have in the texts."""
_REQUEST: Final = re.compile(r"request (\S+)")
_PLACE: Final = re.compile(r"(template|autotext) ")
_ASSIGNMENT: Final = re.compile(r"assignment (\d+) of request (\d+)")
_ELSEWHERE: Final = later("It is done in the portal here: do it there, and the next sync brings it into the register.")


def said(texts: Texts, error: Exception) -> str:
    """A refusal, with a capital letter; one that has no text of its own is shown as it is."""
    if isinstance(error, NotOffered):
        return texts.say(_ELSEWHERE)
    if not isinstance(error, Told | OutboxFault):
        words = str(error)
    elif error.values:
        words = texts.say(error.text, **{name: _value(texts, name, one) for name, one in error.values.items()})
    else:
        words = texts.say(error.text)
    return words[:1].upper() + words[1:]


def _value(texts: Texts, name: str, one: object) -> object:
    """What is filled in, where it is a code or what messages call a record."""
    text = str(one)
    if text in _WORDS.get(name, {}):
        return texts.say(_WORDS[name][text])
    if name == "place" and (found := _PLACE.match(text)):
        what = texts.say("template") if found[1] == "template" else texts.say("autotext")
        return f"{what} {text[len(found[0]) :]}"
    if name == "name" and (found := _ASSIGNMENT.fullmatch(text)):
        return texts.say("assignment %(number)s of request %(request)s", number=found[1], request=found[2])
    if name == "name" and (found := _REQUEST.fullmatch(text)):
        return texts.say("request %(number)s", number=found[1])
    return one
