"""Services in the settings."""

from typing import Final

from caseline.actions import keep_services
from caseline.actions.editing import mark
from caseline.crm.agreements import Service
from caseline.crm.vocabulary import ServiceKind
from caseline.web.desk import agreement_words, reference_pages
from caseline.web.desk.reference import Cell, Choices, Column, Control, Edit, Input, Line, Reference, Sheet, Value
from caseline.web.desk.settings_people import editor, key
from caseline.web.desk.visit import Visit
from caseline.web.language import later


def _kinds(visit: Visit) -> Choices:
    return [(one.value, visit.texts.say(agreement_words.KINDS[one])) for one in ServiceKind]


def _lines(visit: Visit) -> list[Line]:
    return [_line(visit, one) for one in sorted(keep_services.services(visit.house), key=lambda one: not one.active)]


def _line(visit: Visit, one: Service) -> Line:
    say = visit.texts.say
    state = Cell(say("in use"), "good") if one.active else Cell(say("given up"), "plain")
    every = "" if one.every_days is None else visit.texts.number(one.every_days)
    number = visit.texts.number(one.agreements)
    cells = (one.label, one.code, say(agreement_words.KINDS[one.kind]), every, number, state)
    return Line(str(one.id), cells, active=one.active)


def _find(visit: Visit, text: str) -> Sheet:
    one = keep_services.find(visit.house, key(text))
    values: dict[str, Value] = {
        "label": one.label,
        "code": one.code,
        "kind": one.kind.value,
        "every_days": "" if one.every_days is None else str(one.every_days),
        "active": one.active,
    }
    return Sheet(title=one.label, values=values, seen=mark(keep_services.plain(one)))


def _save(visit: Visit, edit: Edit) -> str:
    wish = keep_services.Wish(
        label=edit.text("label"),
        kind=ServiceKind(edit.text("kind")),
        every_days=edit.number("every_days"),
        active=edit.flag("active"),
    )
    if edit.key is None:
        return str(keep_services.add(visit.house, edit.text("code"), wish, editor(visit)))
    keep_services.change(visit.house, key(edit.key), wish, editor(visit), seen=edit.seen)
    return edit.key


SERVICES: Final = Reference(
    code="services",
    title=later("Services"),
    adding=later("Add a service"),
    hint=later("What agreements are about. Of which services a campaign asks nobody, the campaign says."),
    empty=later("There are no services yet: agreements need one. They come with an import, or you add the first one."),
    columns=(
        Column(later("Service name")),
        Column(later("Service code")),
        Column(later("How it is rendered")),
        Column(later("Asked every, days"), number=True),
        Column(later("Agreements"), number=True),
        Column(later("State")),
    ),
    inputs=(
        Input("label", later("Service name"), required=True),
        Input(
            "code",
            later("Service code"),
            hint=later("It stands in links: small Latin letters, digits and dashes, such as site-support."),
            required=True,
            fixed=True,
        ),
        Input(
            "kind",
            later("How it is rendered"),
            Control.CHOICE,
            hint=later("Of what goes on clients are asked again and again, of what is rendered once when it is done."),
            required=True,
            choices=_kinds,
        ),
        Input(
            "every_days",
            later("Asked every, days"),
            Control.NUMBER,
            hint=later("Of what goes on. Empty: as the campaign says, 90 days where it says nothing."),
        ),
        Input("active", later("In use: it can be chosen for agreements"), Control.CHECK, initial=True),
    ),
    lines=_lines,
    find=_find,
    save=_save,
)
PAGES: Final = reference_pages.pages(SERVICES)
