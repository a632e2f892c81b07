"""The deployment `send-outbox`: every minute, the letters that are due."""

from prefect import flow

from caseline.actions.wiring import open_house
from caseline.outbox.faults import CannotSend
from caseline.settings import load
from tasks.sending import count_letters, publish_letters, remind_assignments, send_letters


@flow(name="send-outbox", timeout_seconds=3_600)
def send_outbox() -> None:
    """Write reminders of assignments, send letters; where no mail server is named, there is nothing to do.

    Fails when somebody has to mend something (password, certificate). The runs after it leave the server alone for a
    while and do not fail.
    """
    settings = load()
    if settings.smtp() is None:
        return
    with open_house(settings) as house:
        if settings.crm == "embedded":
            remind_assignments(house)
        done = send_letters(house)
        counts = count_letters(house)
    publish_letters(done, counts)
    if done.barred:
        raise CannotSend(done.problem)


if __name__ == "__main__":
    send_outbox()
