"""A call of a method: who calls, on which portal."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from caseline.portal_sandbox import php
from caseline.portal_sandbox.php import Params, Value
from caseline.portal_sandbox.portal import Portal
from caseline.portal_sandbox.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Caller:
    """A webhook or an application, with the rights of its user."""

    key: str
    """What its operating time is counted under."""
    user: int
    administrator: bool
    scopes: frozenset[str]
    application: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call; its parameters have names in small letters."""

    portal: Portal
    caller: Caller
    params: Params

    @property
    def id(self) -> int:
        """The record that is meant."""
        return php.number(self.params.get("id"))

    @property
    def fields(self) -> Params:
        """What shall be written."""
        return php.mapping(self.params.get("fields"))

    def array(self, name: str) -> Params:
        """A parameter that must be an array."""
        if not isinstance(given := self.params.get(name), dict | list):
            raise Refusal("100", f"Could not find value for parameter {{{name}}}")
        return php.mapping(given)


Method: TypeAlias = Callable[[Call], Value]
"""Answers a call: a result, or a `listing.Page` of rows."""
