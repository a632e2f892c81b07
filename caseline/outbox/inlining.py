"""Puts styles at the elements of HTML, for mailers that read no others; loads nothing from anywhere."""

import re
from typing import Final

import css_inline

from caseline.outbox.faults import OutboxFault

MOST_TAGS: Final = 2_000
"""The library ends the process over some ten thousand elements inside one another; fewer tags cannot make so many."""
_TAG: Final = re.compile("<[A-Za-z]")


def inlined(page: str) -> str:
    """The page without sheets of style; raises `OutboxFault` for one that cannot be read."""
    if sum(1 for _ in _TAG.finditer(page)) > MOST_TAGS:
        raise OutboxFault(f"HTML: more than {MOST_TAGS:,} tags: send it as a file")
    try:
        return css_inline.inline(page, load_remote_stylesheets=False)
    except css_inline.InlineError as error:
        raise OutboxFault(f"HTML: its styles cannot be read ({error}): correct them, or leave them out") from error
