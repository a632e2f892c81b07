"""What a portal tells of whoever asks it."""

from collections.abc import Mapping
from typing import Any, Final

_YES: Final = ("1", "Y", "TRUE")


def administers(profile: Mapping[str, Any]) -> bool:
    """Whether an answer of `profile` tells of an administrator; whatever is no plain yes is a no.

    Portals say it as true and false, as "Y" and "N", and as 1 and 0.
    """
    return str(profile.get("ADMIN")).upper() in _YES
