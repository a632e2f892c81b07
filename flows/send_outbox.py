"""The deployment `send-outbox`: every minute, the letters that are due."""

from prefect import flow

from caseline.actions.wiring import open_house
from caseline.outbox.faults import CannotSend
from caseline.settings import load
from tasks.sending import count_letters, publish_letters, remind_assignments, send_letters


@flow(name="send-outbox", timeout_seconds=3_600)
def send_outbox() -> None:
    """Write reminders of assignments, send letters; where no mail server is named, there is nothing to do.

    Fails when somebody has to mend something (password, certificate); the runs after it leave the server alone for a
    while and do not fail. Fails, too, when no reminders could be written; letters are sent all the same.
    """
    settings = load()
    if settings.smtp() is None:
        return
    with open_house(settings) as house:
        reminded = remind_assignments(house, return_state=True) if settings.crm == "embedded" else None
        # Whatever becomes of reminders, letters leave; a run whose reminders failed fails afterwards.
        done = send_letters(house)
        counts = count_letters(house)
    publish_letters(done, counts)
    if reminded is not None:
        reminded.result()
    if done.barred:
        raise CannotSend(done.problem)


if __name__ == "__main__":
    send_outbox()
