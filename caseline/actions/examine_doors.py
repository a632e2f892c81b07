"""Knocks at everything outside that the settings name: mailboxes, mail server, portal, messenger."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from caseline.actions import check_chat, wiring
from caseline.actions.wiring import House
from caseline.chat.web import NAME as WEB
from caseline.crm.bitrix24.inspection import Inspection
from caseline.crm.connect import BITRIX24
from caseline.crm.findings import Finding, error, ok
from caseline.mail.faults import MailboxFault
from caseline.mail.imap import open_mailbox
from caseline.mail.imap_line import Patience
from caseline.outbox.faults import Away, CannotSend
from caseline.outbox.smtp import Smtp
from caseline.settings import Settings, SettingsError

_PATIENT: Final = Patience(connect=10, silence=15, command=20)


def mail(settings: Settings) -> Iterator[Finding]:
    """A line for each mailbox, and one for the server that takes our letters; nothing is fetched or sent."""
    for topic, knock in (("mailbox", _mailboxes), ("mail server", _mail_server)):
        try:
            yield from knock(settings)
        except SettingsError as fault:
            yield error(topic, str(fault), "mend the setting")


def behind(house: House, *, clock: Callable[[], datetime]) -> Iterator[Finding]:
    """Portal and messenger, where the settings name one."""
    if house.settings.crm == BITRIX24:
        crm = wiring.portal(house)
        yield Inspection(crm.portal, house.settings.bitrix24_write == "import", clock).reach()
    if house.settings.chat == WEB:  # a page of ours, which nobody needs to knock at
        return
    report = check_chat.check(house, register=False, now=clock())
    if report.works:
        yield ok("chat", f"{report.gateway} works")
    else:
        yield error("chat", f"{report.gateway}: {'; '.join(report.lines)}", "caseline chat check")


def _mailboxes(settings: Settings) -> Iterator[Finding]:
    post = wiring.post(settings)
    for mailbox in post.mailboxes:
        try:
            with open_mailbox(mailbox, post.ca, _PATIENT) as opened:
                held = sum(opened.select(folder).exists for folder in mailbox.folders)
        except MailboxFault as fault:
            yield error("mailbox", f"{mailbox.name}: {fault}", "mend that, then: caseline doctor")
        else:
            yield ok("mailbox", f"{mailbox.name} lets us in: {held:,} mails in {', '.join(mailbox.folders)}")


def _mail_server(settings: Settings) -> Iterator[Finding]:
    if settings.smtp() is None:
        return
    server = wiring.mail_server(settings)
    try:
        with Smtp(server).open():
            pass
    except (Away, CannotSend) as fault:
        yield error("mail server", f"{server.place}: {fault}", "mend that, then: caseline doctor")
    else:
        yield ok("mail server", f"{server.place} takes letters from us")
