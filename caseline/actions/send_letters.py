"""Sends the letters that are due."""

import hmac
import os
import socket
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from caseline.actions import wiring
from caseline.actions.wiring import House
from caseline.outbox import keys
from caseline.outbox.sending import Done, Rules, Sending
from caseline.outbox.smtp import Smtp


def send(house: House, *, clock: Callable[[], datetime], anyway: bool = False, rules: Rules | None = None) -> Done:
    """Send all letters that are due, on one connection; answers what came of it, also where it could not go on.

    `anyway`: also where the server has a pause because it could not be used. May be repeated, and run beside others.
    Raises `SettingsError` when no server is named, `CannotSend` when its address is none.
    """
    server = wiring.mail_server(house.settings)
    address = house.settings.smtp()
    with house.engine.begin() as connection:
        oldest = keys.ready(connection, now=clock())[-1]
    known = hmac.new(oldest, (address.get_secret_value() if address else "").encode(), sha256).digest()
    owner = f"{socket.gethostname()}:{os.getpid()}"
    chosen = rules or Rules(brake=house.settings.mail_brake)
    return Sending(house.engine, Smtp(server), known, owner, clock, chosen).run(anyway=anyway)
