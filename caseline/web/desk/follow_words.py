"""What the audit log calls what is kept about the time after an answer."""

from typing import Final

from caseline.web.language import later

KINDS: Final = {
    "review_target": later("site for reviews"),
    "review_host": later("site that may be linked to"),
    "hook": later("webhook"),
    "bonus": later("bonus of a contact"),
}
"""Kinds of things."""
DETAILS: Final = {
    "reward": later("a bonus is given for"),
    "url": later("address"),
    "bonuses": later("told of bonuses"),
    "secret": later("secret"),
    "balance": later("balance"),
}
"""Their fields."""
