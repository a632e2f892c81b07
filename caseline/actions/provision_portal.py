"""Makes a portal ready: what a mapping needs there is compared with what exists, shown, and made."""

from dataclasses import dataclass
from pathlib import Path

from caseline.actions import wiring
from caseline.actions.wiring import House
from caseline.crm.bitrix24.provisioning import Provisioning, Wanted
from staging import known_values, mapping_file, register, survey
from staging.mapping import Mapping


@dataclass(frozen=True, slots=True)
class Order:
    """What a portal is made ready for."""

    mapping: str
    paths: tuple[Path, ...] = ()
    """The export, if there is one: columns that the mapping keeps as they are become fields too."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something to be made in the portal."""

    entity: str
    kind: str
    name: str
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that stands in the way, with the remedy."""

    entity: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Provision:
    """What the portal lacks, and what it has."""

    needs: tuple[Need, ...]
    obstacles: tuple[Obstacle, ...]
    there: int
    """Fields of ours that exist already."""


def wanted(mapping: Mapping, paths: tuple[Path, ...]) -> Wanted:
    """What a mapping, and the headers of an export, say that the portal must know."""
    found = survey.look(paths, mapping).found if paths else ()
    headers = {name: item.head.header for item in found for name in item.parts}
    return Wanted(register.definitions(mapping, headers), known_values.listed(mapping))


def foresee(house: House, order: Order) -> Provision:
    """What `provide` would make; reads only."""
    crm = wiring.portal(house)
    need = wanted(mapping_file.load(order.mapping), order.paths)
    with house.engine.connect() as connection:
        diff = Provisioning(crm.setting_up).diff(connection, need)
        connection.rollback()
    return Provision(
        tuple(Need(one.entity, one.kind, one.name, one.label, one.detail) for one in diff.lacks),
        tuple(Obstacle(one.entity, one.name, one.text) for one in diff.clashes),
        diff.there,
    )


def provide(house: House, order: Order) -> None:
    """Make what lacks; what exists stays. Raises `PortalStopped` with the remedy when something cannot be made."""
    crm = wiring.portal(house)
    need = wanted(mapping_file.load(order.mapping), order.paths)
    with house.engine.begin() as connection:
        Provisioning(crm.setting_up).provide(connection, need)
