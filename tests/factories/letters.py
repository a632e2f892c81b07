"""Letters to be composed and sent, and a mint of the test's own."""

from datetime import UTC, datetime
from typing import Any, Final

from caseline.outbox import asking, head, thread_index
from caseline.outbox.letters import Address, Delivery, Letter, Nature, NewLetter, Recipient
from caseline.outbox.minting import Mint, Thread

NOW: Final = datetime(2026, 11, 16, 9, 15, 0, tzinfo=UTC)
SECRET: Final = b"a secret of thirty-two bytes ..."
OWN: Final = "support@example.org"


def mint(*secrets: bytes, address: str = OWN) -> Mint:
    return Mint(secrets or (SECRET,), address.rpartition("@")[2], address)


def new_letter(record_id: int = 45, **changes: Any) -> NewLetter:  # noqa: ANN401 - fields of a letter
    """A letter of a person to a client."""
    fields: dict[str, Any] = {
        "thread": Thread(record_id),
        "to": [Address("client@example.com", "Ann Client")],
        "subject": "Re: Printer",
        "text": "It prints again.\n",
        "imported": False,
    }
    return NewLetter(**fields | changes)


def automatic(record_id: int, nature: Nature = Nature.REPLY, **changes: Any) -> NewLetter:  # noqa: ANN401 - as above
    """A letter that nobody wrote."""
    fields: dict[str, Any] = {"nature": nature, "occasion": f"{nature} {record_id}"}
    return new_letter(record_id, **fields | changes)


def kept(new: NewLetter, number: int = 7) -> Letter:
    """The same letter as the store keeps it."""
    new, made = asking.checked(new), mint()
    message_id, parent = made.message_id(new.thread, number), new.parent
    people = [*((one, False) for one in new.to), *((one, True) for one in new.cc)]
    return Letter(
        id=number,
        thread=new.thread,
        nature=new.nature,
        message_id=message_id,
        sender=Address(made.address, new.sender_name),
        reply_to=made.reply_address(new.thread),
        mark=made.mark(),
        subject=new.subject,
        text=new.text,
        html=new.html,
        in_reply_to=parent.message_id if parent and head.usable(parent.message_id) else None,
        references=head.chain(parent.message_id, parent.references) if parent else (),
        thread_index=thread_index.child((parent.thread_index if parent else None) or b"", message_id, NOW),
        queued_at=NOW,
        secret_links=new.secret_links,
        recipients=[
            Recipient(position, one.address, one.name, copy, Delivery.WAITING, None)
            for position, (one, copy) in enumerate(people)
        ],
        attachments=new.attachments,
    )
