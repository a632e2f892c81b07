"""Refusals that pages can say in the reader's language: the text is known, what it is about is filled in."""

from caseline.crm.cards import Refused


class Told(Refused):
    """What is asked cannot be done; `text` says so in English, with `%(names)s` that `values` fills in."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text % values if values else text)
        self.text = text
        self.values = values


class Overtaken(Told):
    """Somebody else has changed the same thing meanwhile."""
