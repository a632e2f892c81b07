"""Faults of the outbox; a message names the place and ends with the remedy.

OutboxFault        never: the letter, the template or the order cannot be taken as it is
  ImportedIsQuiet  an imported event wants to write to somebody
  TemplateFault    a template with a tag that does not exist
CannotSend         the server takes nothing from us until somebody has done what the message says
Away               later: the server is not there, or asks to wait
"""


class OutboxFault(Exception):
    """Nothing was kept or changed; `text` says why in English, with `%(names)s` that `values` fills in."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text % values if values else text)
        self.text = text
        self.values = values


class ImportedIsQuiet(OutboxFault):
    """Importing never writes to anybody."""


class TemplateFault(OutboxFault):
    """A template that cannot be saved or filled in."""


class CannotSend(Exception):
    """Password, certificate or address of the server are wrong; asking again changes nothing."""


class Away(Exception):
    """The server cannot be reached, has gone away or asks to wait."""

    def __init__(self, text: str, *, begun: bool = False) -> None:
        super().__init__(text)
        self.begun = begun
        """It may have taken the letter that was being handed over."""
