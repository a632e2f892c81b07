"""Who has written a mail: as a rule its From; where that is a machine that speaks for somebody, its Reply-To."""

from caseline.actions import judge_mail
from caseline.actions.wiring import House
from caseline.mail.addresses import Address
from caseline.mail.automatic import Reason, is_no_reply
from caseline.mail.message import Mail


def writer(mail: Mail, house: House) -> Address | None:
    """Whom the request that a mail opens is of, and its letters go to; None where it names nobody.

    Only for a request that is opened: in one that there is, a Reply-To would send its letters wherever a forger likes.
    """
    if mail.sender is None or not (is_no_reply(mail.sender) or _is_form(mail, house)):
        return mail.sender
    own = (house.settings.mail_address or "").lower()
    others = [one for one in mail.reply_to if not is_no_reply(one) and _without_detail(one.address) != own]
    # Of several nobody knows which one it is.
    return others[0] if len(others) == 1 else mail.sender


def automatic(mail: Mail, house: House) -> Reason | None:
    """Why no person wrote a mail; a form of ours speaks for one, though its address takes no answers."""
    spoken_for = mail.automatic is Reason.NO_REPLY and writer(mail, house) is not mail.sender
    return None if spoken_for and _is_form(mail, house) else mail.automatic


def _is_form(mail: Mail, house: House) -> bool:
    """Whether a form that the settings name has sent it, and own server does not say that this is forged."""
    known = mail.sender is not None and mail.sender.address.lower() in house.settings.forms()
    return known and judge_mail.unproven(house, mail) is None


def _without_detail(address: str) -> str:
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
