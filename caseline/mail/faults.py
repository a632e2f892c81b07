"""What goes wrong between us and a mail server, as what can be done about it."""


class MailboxFault(Exception):
    """A mailbox or folder cannot be worked with now; the message names the remedy."""


class Refused(MailboxFault):
    """It stays so until somebody does something: a password, a certificate, a folder that is not there.

    The mailbox is tried again after a pause that grows, because servers lock out who knocks too often.
    """


class Unreachable(MailboxFault):
    """The server is not there, does not answer, or answers what makes no sense: the next time may do."""


class NoFolder(MailboxFault):
    """A folder of the mailbox cannot be opened; the others can."""


class Gone(Exception):
    """The mail was deleted or moved on the server while it was fetched."""


class Unreadable(Exception):
    """The server does not give this mail as it says; the others are fetched all the same."""
