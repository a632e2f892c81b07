"""Puts styles at the elements of HTML, for mailers that read no others; loads nothing from anywhere."""

import re
from typing import Final

import css_inline

from caseline.outbox.faults import OutboxFault

MOST_TAGS: Final = 2_000
"""The library ends the process over some ten thousand elements inside one another; fewer tags cannot make so many."""
_TAG: Final = re.compile("<[A-Za-z]")


def inlined(page: str, place: str = "HTML") -> str:
    """The page, which stands at `place`, without sheets of style; raises `OutboxFault` for one that cannot be read."""
    if sum(1 for _ in _TAG.finditer(page)) > MOST_TAGS:
        raise OutboxFault("%(place)s: more than %(most)s tags: send it as a file", place=place, most=f"{MOST_TAGS:,}")
    try:
        return css_inline.inline(page, load_remote_stylesheets=False)
    except css_inline.InlineError as error:
        raise OutboxFault(
            "%(place)s: its styles cannot be read (%(error)s): correct them, or leave them out",
            place=place,
            error=error,
        ) from error
