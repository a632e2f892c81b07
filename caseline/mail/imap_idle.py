"""Waits until a mail server says by itself that something has come (IDLE), where it can."""

import select
import time
from collections.abc import Collection
from contextlib import ExitStack, suppress
from pathlib import Path

from caseline.mail.faults import MailboxFault
from caseline.mail.imap_line import Line, opened
from caseline.mail.mailboxes import Mailbox


def wait_for_mail(mailboxes: Collection[Mailbox], seconds: float, *, ca: Path | None = None) -> bool:
    """Whether a server told of the first folder of a mailbox within this time; what it told is not looked at.

    Name mailboxes only that were opened just now: those in trouble are not to be knocked at.
    """
    idling: list[Line] = []
    with ExitStack() as stack:
        for mailbox in mailboxes:
            with suppress(MailboxFault):
                line = stack.enter_context(opened(mailbox, ca))
                with line.asking("IDLE"):
                    if line.client.has_capability("IDLE"):
                        line.client.select_folder(mailbox.folders[0], readonly=True)
                        line.client.idle()
                        idling.append(line)
        if idling:
            ready, _, _ = select.select([line.client.socket() for line in idling], [], [], seconds)
            for line in idling:
                with suppress(MailboxFault), line.asking("DONE"):
                    line.client.idle_done()
            return bool(ready)
    time.sleep(seconds)
    return False
