"""Draws pages from templates, everything in them escaped."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment

from caseline.people.rights import Right
from caseline.web import language, templates
from caseline.web.desk import audit_words, browsers, menu, settings_menu, value_words
from caseline.web.language import later

if TYPE_CHECKING:
    from caseline.web.desk.visit import Visit

HERE: Final = Path(__file__).parent
NOTICES: Final = {
    "saved": later("Saved."),
    "indexed": later("The index is built: filters by this field are quick."),
    "unindexed": later("The index is taken back: filters by this field are slower."),
    "indexes": later("Eight fields have an index already: take one of them back first."),
    "signed_out": later("You are signed out."),
    "restored": later("Restored."),
    "nothing": later("Nothing was changed."),
    "client_merged": later("Merged. Everything that belonged to the other one is here now."),
    "client_unmerged": later("Taken back: it stands by itself again."),
    "personal_erased": later("The personal data are erased."),
    "personal_unsure": later(
        "The personal data are erased, but somebody who began before was still at work: look again in a while."
    ),
    "address_chosen": later("The address is chosen: the letter goes there and nowhere else."),
    "token_ended": later("The token has ended."),
    "view_deleted": later("The view is deleted."),
    "given": later("The assignment was given."),
    "letter_queued": later("The letter is on its way."),
    "dropped": later("The draft is thrown away."),
    "removed": later("Removed."),
    "left_out": later("Saved. What was typed into fields that such a request does not show was left out."),
    "queued": later("The letter is written and leaves with the next run."),
    "withdrawn": later("The letter is withdrawn: it will not leave."),
    "no_address": later(
        "The assignment is given, but its letter was not sent: there is no mail address. Fill it in below."
    ),
    "letter_known": later("The assignment has its letter already; no second one was written."),
    "opened": later("The request is opened."),
    "handed_over": later("Done. The request belongs to others now, and is not shown to you any more."),
    "merged": later("Merged: everything stands in this request now."),
    "unmerged": later("The merge is taken back."),
    "split": later("This is the new request; its messages were moved here."),
    "late": later("That took too long: sign in again."),
    "password_set": later("The password is changed; other sessions have ended."),
    "password_and_tokens": later("The password is changed; other sessions and the tokens have ended."),
    "sessions_and_tokens": later("Other sessions and the tokens have ended."),
    "second_step_off": later("The second step is switched off."),
    "session_ended": later("The session has ended."),
    "answer_entered": later("The answer is kept, as entered by phone."),
    "switched_on": later("The campaign is on."),
    "switched_off": later(
        "The campaign is off: nobody new is asked, and what had not left is cancelled. What was sent is still answered."
    ),
    "signed_out_everywhere": later("The login is signed out everywhere."),
}
"""What a page can be told to say by its address; other words are not shown."""


@cache
def environment(tongue: str) -> Environment:
    """Templates in one language, everything that is filled in escaped."""
    made = templates.environment("caseline.web.desk", tongue)
    made.globals["asset"] = asset
    made.globals["LANGUAGES"] = language.LANGUAGES
    made.globals["Right"] = Right
    made.globals["ROLES"] = audit_words.ROLES
    made.globals["valued"] = value_words.said
    made.globals["browser_of"] = browsers.said
    made.globals["sections_of"] = settings_menu.of
    return made


def render(template: str, visit: "Visit", data: Mapping[str, Any]) -> str:
    """A page for somebody."""
    notice = NOTICES.get(visit.request.query_params.get("notice", ""))
    given = {
        "visit": visit,
        "texts": visit.texts,
        "language": visit.texts.language,
        "login": visit.session.login if visit.session else None,
        "form_token": visit.session.form_token if visit.session else "",
        "menu": menu.of(visit.session.login.role) if visit.session else [],
        "notice": notice and visit.texts.say(notice),
        "path": visit.request.url.path,
    }
    return environment(visit.texts.language).get_template(template).render({**given, **data})


@cache
def asset(name: str) -> str:
    """The address of a file of ours, another one whenever its content is another."""
    content = (HERE / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
