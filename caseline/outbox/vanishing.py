"""Leaves out what a template says about a link where a letter has none."""

import re
from typing import Final

from caseline.outbox import tags
from caseline.outbox.tags import Tag

_BORDER: Final = re.compile(
    r"(<(?:br|hr|/?(?:p|div|li|ul|ol|table|tr|td|th|h[1-6]|blockquote))\b[^<>]*>)", re.IGNORECASE
)
_EMPTY: Final = re.compile(r"<p\b[^<>]*></p>\n?", re.IGNORECASE)


def text(template: str) -> str:
    """Without the lines that ask for a link."""
    return "".join(line for line in template.splitlines(keepends=True) if not _asks(line))


def html(template: str) -> str:
    """Without what asks for a link between two borders: paragraphs, items, line breaks."""
    pieces = _BORDER.split(template)
    kept = (piece for place, piece in enumerate(pieces) if place % 2 or not _asks(piece))
    left = "".join(kept)
    return _EMPTY.sub("", left) if left != template else template


def _asks(piece: str) -> bool:
    return Tag.LINK in tags.used(piece)
