"""A program that takes in what waits and says how much memory that took, in megabytes beyond what it had before.

`own` is what no file can be asked for again; `all` counts the pages of temporary files that the system lends us, too.
"""

import json
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from caseline.actions import take_in_mail, take_in_mails
from caseline.actions.wiring import Blueprint
from caseline.settings import Settings

_EVERY: Final = 0.005


def resident() -> dict[str, int]:
    """Kilobytes of memory of this process by name."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith(("Rss", "Vm"))}


class Watch(threading.Thread):
    """Looks every few milliseconds; what VmHWM knows anyway it need not look for."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.own, self.ended = 0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(_EVERY):
            self.own = max(self.own, resident()["RssAnon"])


def main(url: str) -> None:
    settings = Settings.model_validate({"database_url": SecretStr(url), "mail_address": "support@desk.example"})
    house = Blueprint(settings, url).join()

    def take() -> int:
        taker = take_in_mail.taker(house, clock=lambda: datetime.now(UTC))
        return take_in_mails.take_in_mails(house, taker, clock=lambda: datetime.now(UTC), most=1).done

    # A first, small mail imports and builds what every mail needs.
    done, before, watch = take(), resident(), Watch()
    watch.start()
    done += take()
    watch.ended.set()
    watch.join()
    took = {"own": watch.own - before["RssAnon"], "all": resident()["VmHWM"] - before["VmRSS"]}
    sys.stdout.write(json.dumps({"done": done, **{name: size / 1024 for name, size in took.items()}}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
