"""Calls about who calls, and what requests choose from."""

from typing import Final

from caseline.actions import keep_categories, keep_fields, keep_groups
from caseline.crm import field_words, request_fields
from caseline.crm.field_faults import RUSSIAN
from caseline.people import rights
from caseline.people.rights import Right
from caseline.web.api.endpoint import Call, Endpoint, Model


class Me(Model):
    """Whoever calls."""

    login: str
    role: str
    rights: list[str]
    scope: str
    person: int | None


class Stage(Model):
    """A stage of requests."""

    code: str
    label: str
    closed: bool
    pauses: bool


class Stages(Model):
    """All stages, in their order."""

    stages: list[Stage]


class Category(Model):
    """A category of requests."""

    code: str
    label: str
    hours: int
    group: str | None
    active: bool


class Categories(Model):
    """All categories, by label."""

    categories: list[Category]


class Group(Model):
    """A group that requests are assigned to."""

    id: int
    name: str


class Groups(Model):
    """All groups, by name."""

    groups: list[Group]


class FieldShown(Model):
    """A field of requests."""

    key: str
    label: str
    type: str
    to: str | None
    """What a reference points at."""
    choices: list[str]
    """Empty: anything of its type."""
    section: str | None
    active: bool
    writable: bool
    """Whether a change of a request may name it; a new request may also have `number` and `stage`."""


class Fields(Model):
    """All fields, the register's own first."""

    fields: list[FieldShown]


def me(call: Call) -> Me:
    """Who calls, and what they may do."""
    viewer = call.viewer
    return Me(
        login=viewer.name,
        role=viewer.role.value,
        rights=sorted(rights.rights(viewer.role)),
        scope=viewer.scope.value,
        person=viewer.person_id,
    )


def stages(call: Call) -> Stages:
    """The stages of requests."""
    found = keep_categories.stages(call.house)
    return Stages(stages=[Stage(code=one.code, label=one.label, closed=one.closed, pauses=one.pauses) for one in found])


def categories(call: Call) -> Categories:
    """The categories of requests."""
    found = keep_categories.categories(call.house)
    return Categories(
        categories=[
            Category(code=one.code, label=one.label, hours=one.hours, group=one.group, active=one.active)
            for one in found
        ]
    )


def groups(call: Call) -> Groups:
    """The groups that requests are assigned to."""
    return Groups(groups=[Group(id=one.id, name=one.name) for one in keep_groups.groups(call.house)])


def fields(call: Call) -> Fields:
    """What requests can hold."""
    russian = call.texts.language == RUSSIAN
    return Fields(
        fields=[
            FieldShown(
                key=one.key,
                label=field_words.labels(one)[russian],
                type=one.type.value,
                to=one.to,
                choices=list(one.choices),
                section=one.section,
                active=one.active,
                writable=one.active and one.key not in request_fields.KEPT,
            )
            for one in keep_fields.fields(call.house)
        ]
    )


_SEES: Final = Right.SEE_REQUESTS
ENDPOINTS: Final = (
    Endpoint(method="GET", path="/me", handle=me, summary="Who calls", answer=Me, tag="caller"),
    Endpoint(method="GET", path="/stages", handle=stages, summary="Stages", answer=Stages, needs=_SEES, tag="choices"),
    Endpoint(
        method="GET",
        path="/categories",
        handle=categories,
        summary="Categories",
        answer=Categories,
        needs=_SEES,
        tag="choices",
    ),
    Endpoint(method="GET", path="/groups", handle=groups, summary="Groups", answer=Groups, needs=_SEES, tag="choices"),
    Endpoint(method="GET", path="/fields", handle=fields, summary="Fields", answer=Fields, needs=_SEES, tag="choices"),
)
