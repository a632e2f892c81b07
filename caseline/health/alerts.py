"""What operators are told of a run that failed, was broken off or is late, in words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_LONGEST: Final = 1_000
_SECRET: Final = re.compile(r"(?<=://)[^/\s@]*(?=@)")
"""Names and passwords in addresses of databases and mailboxes, as some messages repeat them."""
_STATES: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "ru": {
        "Failed": ("не удался", "Прочитайте журнал запуска, устраните причину и нажмите Retry на его странице."),
        "Crashed": ("прерван", "Процесс исчез. Нажмите Retry на странице запуска: он продолжит с того же места."),
        "Late": ("опаздывает", "Нет свободного исполнителя: наберите caseline doctor, затем caseline up."),
    },
    "en": {
        "Failed": ("has failed", "Read the log of the run, mend the reason and press Retry on its page."),
        "Crashed": ("was broken off", "Its process is gone. Press Retry on its page: it goes on where it stopped."),
        "Late": ("is late", "No worker is free: type caseline doctor, then caseline up."),
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A run that somebody should look at, as the Prefect server tells of it."""

    run: str
    flow: str
    state: str
    """`Failed`, `Crashed` or `Late`."""
    message: str = ""
    page: str = ""
    """Address of the page of the run."""

    def head(self, language: str) -> str:
        """The subject of a letter."""
        return f"{self.flow}: {_said(language, self.state)[0]}"

    def text(self, language: str) -> str:
        """What happened, and what to do."""
        run = {"ru": "Запуск", "en": "Run"}[language]
        what, remedy = _said(language, self.state)
        message = _SECRET.sub("…", self.message)[:_LONGEST].strip()
        return "\n\n".join(filter(None, [f"{run} «{self.run}» ({self.flow}) {what}.", message, remedy]))

    def occasion(self, now: datetime) -> str:
        """What letters are told apart by: one an hour for each flow and state, however many runs fail."""
        return f"run {self.flow} {self.state} {now:%Y-%m-%dT%H}"


def _said(language: str, state: str) -> tuple[str, str]:
    return _STATES[language].get(state, (state, ""))
