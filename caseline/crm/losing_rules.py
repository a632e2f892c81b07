"""What records may lose in a CRM, as rules by which a rehearsal counts; which rules hold, each CRM says for itself."""

from dataclasses import dataclass
from enum import StrEnum


class Probe(StrEnum):
    """How a value is looked at."""

    LETTERS = "letters"
    """More signs than the limit."""
    NAME = "name"
    """First or last name with more signs than the limit."""
    BYTES = "bytes"
    """More bytes than the limit."""
    MAIL = "mail"
    """No mail address."""
    DIGITS = "digits"
    """A number of more significant digits than the limit."""
    DECIMALS = "decimals"
    """A number of more decimals than the limit."""
    WHOLE = "whole"
    """A whole number beyond the limit."""
    FILLED = "filled"
    """Anything at all."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A loss, and how a value that suffers it is recognised."""

    entity: str
    field: str
    probe: Probe
    limit: int
    text: str
    remedy: str
    extra: bool = False
    kept: bool = True
    """Nothing is lost for good: the whole value stands elsewhere in the portal, or in the register beside it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A field whose values the CRM must know before a record holds them."""

    field: str
    extra: bool
    several: bool
    """It holds several values at once."""
