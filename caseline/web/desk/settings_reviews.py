"""Where public reviews may be written, and the sites that may be linked to, in the settings."""

from typing import Final

from caseline.actions import keep_review_targets as keep
from caseline.actions.editing import mark
from caseline.feedback.reviews import Reward, Target
from caseline.web.desk import reference_pages
from caseline.web.desk.reference import Cell, Choices, Column, Control, Edit, Input, Line, Reference, Sheet, Value
from caseline.web.desk.settings_people import editor
from caseline.web.desk.visit import Visit
from caseline.web.language import later

REWARDS: Final = {
    Reward.ANSWER: later("The answer that was given to us alone"),
    Reward.CLICK: later("Going to the site, too"),
}


def _rewards(visit: Visit) -> Choices:
    return [(one.value, visit.texts.say(label)) for one, label in REWARDS.items()]


def _target_lines(visit: Visit) -> list[Line]:
    say = visit.texts.say
    found = sorted(keep.targets(visit.house), key=lambda one: not one.active)
    states = {True: Cell(say("in use"), "good"), False: Cell(say("given up"), "plain")}
    return [
        Line(one.code, (one.name, one.code, one.address, say(REWARDS[one.reward]), states[one.active]), one.active)
        for one in found
    ]


def _find_target(visit: Visit, code: str) -> Sheet:
    one = keep.find(visit.house, code)
    values: dict[str, Value] = {
        "code": one.code,
        "name": one.name,
        "address": one.address,
        "reward": one.reward.value,
        "active": one.active,
    }
    return Sheet(title=one.name, values=values, seen=mark(keep.plain(one)))


def _save_target(visit: Visit, edit: Edit) -> str:
    made = Target(
        code=edit.key or edit.text("code"),
        name=edit.text("name"),
        address=edit.text("address"),
        reward=Reward(edit.text("reward")),
        active=edit.flag("active"),
    )
    return keep.put(visit.house, made, editor(visit), new=edit.key is None, seen=edit.seen).code


_WARNING: Final = later(
    "Google forbids to choose by their rating whom one asks, and to reward reviews: ask everybody there, and thank for"
    " the answer given to us."
)
TARGETS: Final = Reference(
    code="review-targets",
    title=later("Public reviews"),
    adding=later("Add a site for reviews"),
    hint=_WARNING,
    empty=later("There are none yet: campaigns can ask for no public review."),
    columns=(
        Column(later("Name")),
        Column(later("Code")),
        Column(later("Address")),
        Column(later("A bonus may be given for")),
        Column(later("State")),
    ),
    inputs=(
        Input("code", later("Code"), required=True, fixed=True, hint=later("Campaigns name it, such as yandex.")),
        Input("name", later("Name"), required=True, hint=later("The button says it: Go to …")),
        Input("address", later("Address"), required=True, hint=later("Of your page there, from https:// on.")),
        Input(
            "reward",
            later("A bonus may be given for"),
            Control.CHOICE,
            required=True,
            initial=Reward.ANSWER.value,
            choices=_rewards,
        ),
        Input("active", later("In use"), Control.CHECK, initial=True),
    ),
    lines=_target_lines,
    find=_find_target,
    save=_save_target,
)


def _host_lines(visit: Visit) -> list[Line]:
    return [
        Line(host, (host, visit.texts.say(REWARDS[reward]))) for host, reward in sorted(keep.hosts(visit.house).items())
    ]


def _find_host(visit: Visit, host: str) -> Sheet:
    reward = keep.host(visit.house, host)
    return Sheet(title=host, values={"host": host, "reward": reward.value}, seen=mark(keep.plain_host(reward)))


def _save_host(visit: Visit, edit: Edit) -> str:
    reward = Reward(edit.text("reward"))
    new = edit.key is None
    return keep.put_host(visit.house, edit.key or edit.text("host"), reward, editor(visit), new=new, seen=edit.seen)


def _remove_host(visit: Visit, edit: Edit) -> None:
    keep.drop_host(visit.house, edit.key or "", editor(visit), seen=edit.seen)


HOSTS: Final = Reference(
    code="review-sites",
    title=later("Sites that may be linked to"),
    adding=later("Add a site"),
    hint=later("Our links lead to these sites and to what lies below them, and to no other."),
    empty=later("There are none: nobody can be led anywhere."),
    columns=(Column(later("Site")), Column(later("A bonus may be given for"))),
    inputs=(
        Input("host", later("Site"), required=True, fixed=True, hint=later("Such as yandex.ru.")),
        Input(
            "reward",
            later("A bonus may be given for"),
            Control.CHOICE,
            required=True,
            initial=Reward.ANSWER.value,
            choices=_rewards,
            hint=later("At most: see what the site forbids."),
        ),
    ),
    lines=_host_lines,
    find=_find_host,
    save=_save_host,
    remove=_remove_host,
)
PAGES: Final = (*reference_pages.pages(TARGETS), *reference_pages.pages(HOSTS))
