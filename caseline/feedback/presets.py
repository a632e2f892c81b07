"""Forms and campaigns that ship as files: an administrator switches them on, or makes others of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

_SHIPPED: Final = files("caseline.feedback") / "shipped"
_FORMS: Final = "forms.yaml"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage that a campaign waits for, made where it is not there when the campaign is switched on."""

    record: str
    code: str
    label: str
    closed: bool


@dataclass(frozen=True, slots=True)
class Preset:
    """A campaign that ships."""

    code: str
    document: Mapping[str, Any]
    stages: tuple[Stage, ...]


@cache
def forms() -> Mapping[str, Mapping[str, Any]]:
    """The documents of shipped forms by their codes."""
    found: dict[str, Mapping[str, Any]] = yaml.safe_load((_SHIPPED / _FORMS).read_text(encoding="utf-8"))
    return found


@cache
def campaigns() -> Mapping[str, Preset]:
    """Shipped campaigns by their codes, which are the names of their files."""
    found = {}
    for file in sorted(_SHIPPED.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".yaml") and file.name != _FORMS:
            code = file.name.removesuffix(".yaml")
            found[code] = preset(code, file.read_text(encoding="utf-8"))
    return found


def preset(code: str, text: str) -> Preset:
    """A campaign of a file; `makes` names the stages that it brings along."""
    document = dict(yaml.safe_load(text))
    makes = document.pop("makes", {})
    return Preset(code, document, tuple(Stage(**one) for one in makes.get("stages", ())))
