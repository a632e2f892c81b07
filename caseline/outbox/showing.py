"""What may be shown of a letter: its secret links are blanked."""

import html
from collections.abc import Sequence
from typing import Final

BLANK: Final = "[…]"


def shown(text: str, secret_links: Sequence[str]) -> str:
    """The text with every secret part blanked, also where it stands escaped in HTML; the longest first."""
    for secret in sorted(secret_links, key=len, reverse=True):
        for form in (secret, html.escape(secret), secret.replace("&", "&amp;")):
            text = text.replace(form, BLANK)
    return text
