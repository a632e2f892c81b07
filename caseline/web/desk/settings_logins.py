"""Logins in the settings: who may sign in, as what, and what they see; new passwords, open sessions."""

from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from caseline.actions import keep_people, keep_tokens, keep_users, own_login
from caseline.actions.editing import Faulty, mark
from caseline.actions.keep_users import Wish
from caseline.people.access import Scope
from caseline.people.logins import Login
from caseline.people.rights import Right, Role
from caseline.web import language
from caseline.web.desk import audit_words, reference_pages
from caseline.web.desk.page import Page
from caseline.web.desk.reference import Cell, Choices, Column, Control, Edit, Input, Line, Reference, Sheet, Value
from caseline.web.desk.settings_people import key, persons_to_choose
from caseline.web.desk.visit import Visit
from caseline.web.language import later


def _roles(visit: Visit) -> Choices:
    return [(role.value, visit.texts.say(audit_words.ROLES[role])) for role in Role]


def _scopes(visit: Visit) -> Choices:
    return [(scope.value, visit.texts.say(audit_words.SCOPES[scope])) for scope in Scope]


def _languages(_visit: Visit) -> Choices:
    return list(language.LANGUAGES.items())


def _lines(visit: Visit) -> list[Line]:
    persons = {one.id: one.name for one in keep_people.people(visit.house)}
    seconds = keep_users.with_second_step(visit.house)
    found = sorted(keep_users.users(visit.house), key=lambda one: not one.active)
    return [_line(visit, one, persons.get(one.person_id or 0, ""), second=one.id in seconds) for one in found]


def _line(visit: Visit, one: Login, person: str, *, second: bool) -> Line:
    say = visit.texts.say
    state = Cell(say("may sign in"), "good") if one.active else Cell(say("switched off"), "plain")
    cells = (
        one.name,
        person,
        say(audit_words.ROLES[one.role]),
        say(audit_words.SCOPES[one.scope]),
        say("yes") if second else say("no"),
        state,
    )
    return Line(str(one.id), cells, active=one.active)


def _find(visit: Visit, text: str) -> Sheet:
    one = keep_users.find(visit.house, key(text))
    values: dict[str, Value] = {
        "name": one.name,
        "person": str(one.person_id or ""),
        "role": one.role.value,
        "scope": one.scope.value,
        "language": one.language,
        "zone": one.zone,
        "active": one.active,
    }
    labels = {str(p.id): p.name for p in keep_people.people(visit.house) if p.id == one.person_id}
    return Sheet(
        title=one.name,
        values=values,
        seen=mark(keep_users.plain(one)),
        labels=labels,
        template="settings/login_more.html" if visit.may(Right.EDIT_USERS) else "",
        data={
            "one": one,
            "second": one.id in keep_users.with_second_step(visit.house),
            "sessions": own_login.open_sessions(visit.house, one.id, now=visit.now),
            "tokens": keep_tokens.good(visit.house, one.id, now=visit.now),
            "refused": (),
        },
    )


def _wish(edit: Edit) -> Wish:
    return Wish(
        role=Role(edit.text("role")),
        scope=Scope(edit.text("scope")),
        person=edit.text("person"),
        language=edit.text("language"),
        zone=edit.text("zone"),
        active=edit.flag("active"),
        password=None if edit.key else str(edit.values["password"]),
    )


def _save(visit: Visit, edit: Edit) -> str:
    by = visit.login.name
    if edit.key is None:
        return str(keep_users.add(visit.house, edit.text("name"), _wish(edit), by=by, now=visit.now).id)
    one = keep_users.find(visit.house, key(edit.key))
    wish = _wish(edit)
    if wish.person == str(one.person_id or ""):
        # A person who has left may stay with the login, and is nobody that it can be given anew.
        wish = Wish(**{name: getattr(wish, name) for name in Wish.__slots__ if name != "person"})
    keep_users.change(visit.house, one.name, wish, by=by, seen=edit.seen, now=visit.now)
    return edit.key


def _more(visit: Visit, wish: Wish, notice: str) -> Response:
    """One of the deeds below the form."""
    one = keep_users.find(visit.house, key(visit.text("key")))
    try:
        keep_users.change(visit.house, one.name, wish, by=visit.login.name, now=visit.now)
    except Faulty as error:
        return visit.page(
            "settings/login_refused.html", status=422, one=one, faults=error.faults, back=_address(one.id)
        )
    return visit.go(_address(one.id), notice=notice)


def password_given(visit: Visit) -> Response:
    """Give a login another password; it is signed out everywhere."""
    return _more(visit, Wish(password=visit.text("password")), "password_set")


def second_step_ended(visit: Visit) -> Response:
    """Take the second step of a login away, for somebody who has lost the phone and the codes."""
    return _more(visit, Wish(second_step=False), "second_step_off")


def signed_out(visit: Visit) -> Response:
    """End all sessions of a login, and its tokens if that is ticked."""
    one = keep_users.find(visit.house, key(visit.text("key")))
    tokens = bool(visit.text("tokens"))
    keep_users.sign_out_everywhere(visit.house, one.name, by=visit.login.name, tokens=tokens, now=visit.now)
    return visit.go(_address(one.id), notice="signed_out_everywhere")


def _address(number: int) -> str:
    return f"/settings/logins/edit?{urlencode({'key': number})}"


LOGINS: Final = Reference(
    code="logins",
    title=later("Logins"),
    adding=later("Add a login"),
    hint=later("Who may sign in to the desk. What a role may do is fixed; which requests are shown, the scope says."),
    empty=later("There are no logins yet."),
    columns=(
        Column(later("Login name")),
        Column(later("Person")),
        Column(later("Role")),
        Column(later("Sees")),
        Column(later("Second step")),
        Column(later("State")),
    ),
    inputs=(
        Input("name", later("Login name"), required=True, fixed=True, hint=later("One word, or a mail address.")),
        Input(
            "password",
            later("Password"),
            Control.SECRET,
            required=True,
            new_only=True,
            hint=later("At least 10 characters; several words are good. Whoever gets it can take another one."),
        ),
        Input(
            "person",
            later("Person"),
            Control.CHOICE,
            choices=persons_to_choose,
            nothing=later("none"),
            hint=later("Whose requests are “mine”, and who writes what is written."),
        ),
        Input("role", later("Role"), Control.CHOICE, required=True, choices=_roles),
        Input(
            "scope",
            later("Sees"),
            Control.CHOICE,
            required=True,
            initial=Scope.ALL.value,
            choices=_scopes,
            hint=later("Own groups: those that the person is a member of, and what is assigned to the person."),
        ),
        Input("language", later("Language"), Control.CHOICE, required=True, initial="ru", choices=_languages),
        Input(
            "zone",
            later("Time zone"),
            required=True,
            initial="Europe/Moscow",
            hint=later("Of times on pages: Europe/Moscow, Asia/Yekaterinburg …"),
        ),
        Input(
            "active",
            later("May sign in"),
            Control.CHECK,
            initial=True,
            hint=later("Without it, sessions and tokens end at once."),
        ),
    ),
    lines=_lines,
    find=_find,
    save=_save,
    sees=Right.SEE_USERS,
    edits=Right.EDIT_USERS,
)
PAGES: Final = (
    *reference_pages.pages(LOGINS),
    Page("/settings/logins/password", password_given, Right.EDIT_USERS, method="POST", most_bytes=10_000),
    Page("/settings/logins/second-step", second_step_ended, Right.EDIT_USERS, method="POST", most_bytes=10_000),
    Page("/settings/logins/sign-out", signed_out, Right.EDIT_USERS, method="POST", most_bytes=10_000),
)
