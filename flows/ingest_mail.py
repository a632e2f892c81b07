"""The deployment `ingest-mail`: every minute, mail into the register."""

from prefect import flow

from caseline.actions.wiring import open_house, post
from caseline.settings import load
from tasks.mailing import fetch_mail, publish_mail, take_in_mails


@flow(name="ingest-mail", timeout_seconds=3_600)
def ingest_mail() -> None:
    """Fetch mail and take it in, round after round until no more waits; without a mailbox there is nothing to do."""
    settings = load()
    if not settings.mailboxes():
        return
    mailboxes = post(settings)
    with open_house(settings) as house:
        waits = True
        while waits:
            fetched = fetch_mail(house, mailboxes)
            taken = take_in_mails(house)
            publish_mail(fetched, taken)
            waits = fetched.waiting > 0 and fetched.came > 0


if __name__ == "__main__":
    ingest_mail()
