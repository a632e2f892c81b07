"""What pages about campaigns show beside the campaigns themselves: what they brought, and what new ones begin with."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from caseline.actions import keep_campaigns
from caseline.actions.wiring import House
from caseline.feedback import presets as shipped
from caseline.listing import asks as registry
from caseline.people.access import Viewer

_PRESET = "preset:"


def asked(house: House, *, since: datetime) -> Mapping[int, tuple[int, int]]:
    """(letters sent, answered of them) since an instant, by the id of the campaign."""
    with house.engine.connect() as connection:
        return registry.asked(connection, since)


def titles(house: House, viewer: Viewer, ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
    """(number, subject) of those of these requests that somebody sees."""
    with house.engine.connect() as connection:
        return registry.titles(connection, viewer, ids)


def presets() -> list[tuple[str, Any]]:
    """(how `beginning` calls it, name) of the campaigns that ship."""
    return [(f"{_PRESET}{code}", one.document["name"]) for code, one in shipped.campaigns().items()]


def beginning(house: House, chosen: str, *, now: datetime) -> Mapping[str, Any]:
    """The document that a new campaign begins with: of a preset, or of a campaign by its code. Raises `Absent`."""
    code = chosen.removeprefix(_PRESET)
    if chosen != code and code in shipped.campaigns():
        return shipped.campaigns()[code].document
    return keep_campaigns.find(house, chosen, now=now).document
