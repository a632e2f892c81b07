"""Makes of a mail the object that `caseline mail show` prints."""

from typing import Any

from caseline.mail.addresses import Address
from caseline.mail.message import Mail


def as_object(mail: Mail) -> dict[str, Any]:
    """The mail for JSON: ids without brackets, the date in UTC, `text` what is new and `quoted` what is folded."""
    return {
        "message_id": mail.message_id,
        "subject": mail.subject,
        "from": _address(mail.sender) if mail.sender else None,
        "to": [_address(each) for each in mail.to],
        "cc": [_address(each) for each in mail.cc],
        "references": list(dict.fromkeys([*mail.references, *mail.in_reply_to])),
        "date": mail.date.isoformat().replace("+00:00", "Z") if mail.date else None,
        "text": mail.new_text,
        "html_text": mail.html.text() if mail.html else None,
        "quoted": mail.quoted,
        "attachments": [
            {"filename": each.filename, "size": each.size, "content_type": each.content_type}
            for each in mail.attachments
        ],
        "automatic": str(mail.automatic) if mail.automatic else None,
        "defects": list(mail.defects),
    }


def _address(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}
