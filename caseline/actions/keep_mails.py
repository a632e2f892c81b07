"""Shows mails as they stand, gives their bytes, and puts quarantined ones back."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from caseline.actions.wiring import House
from caseline.crm.cards import Refused
from caseline.mail import queue_store, raw_store, thread_store, trouble_store
from caseline.mail import verdicts as words
from caseline.mail.outcome import State
from caseline.mail.queue_store import Listed
from caseline.mail.trouble_store import Trouble

_LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Shown:
    """Mails, how many of each state there are, and what does not work."""

    mails: list[Listed]
    counts: dict[State, int]
    troubles: list[Trouble]


def shown(house: House, states: Collection[State], *, limit: int) -> Shown:
    """The newest mails in these states."""
    with house.engine.connect() as connection:
        mails = queue_store.listed(connection, states, limit=limit)
        return Shown(mails, queue_store.counts(connection), trouble_store.all_of(connection))


@dataclass(frozen=True, slots=True)
class Said:
    """What was decided about a mail."""

    mail_id: int
    state: State
    automatic: str | None
    id_reused: bool
    """Another mail with other content had its Message-ID before."""
    verdicts: list[dict[str, Any]]
    """The newest first."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON, with the words."""
        told = [
            one | {language: words.told(one, language, automatic=self.automatic) for language in ("ru", "en")}
            for one in self.verdicts
        ]
        plain = {"mail": self.mail_id, "state": self.state, "automatic": self.automatic, "id_reused": self.id_reused}
        return plain | {"verdicts": told}


def verdict(house: House, mail_id: int) -> Said:
    """Where a mail landed and why, and what was decided before; raises `Refused`."""
    with house.engine.connect() as connection:
        found = thread_store.verdict(connection, mail_id)
    if found is None:
        raise Refused(f"mail {mail_id}: there is none with this number; `caseline mail list` says which there are")
    state, automatic, id_reused, said = found
    now = {name: value for name, value in said.items() if name != "before"} if said else None
    before = list(reversed(said.get("before", []))) if said else []
    return Said(mail_id, State(state), automatic, id_reused, [*([now] if now else []), *before])


def retry(house: House, ids: Collection[int]) -> list[int]:
    """Put mails back from quarantine; the next run takes them in. Raises `Refused`, and changes nothing then."""
    with house.engine.begin() as connection:
        put_back = queue_store.retry(connection, ids)
        others = sorted(set(ids) - set(put_back))
        if others:
            named = ", ".join(map(str, others))
            raise Refused(f"mail {named}: not in quarantine; `caseline mail list --quarantine` says which are")
    return put_back


def raw(house: House, mail_id: int) -> Iterator[bytes]:
    """The bytes of a mail as they came, in pieces; raises `Refused`."""
    with house.engine.connect() as connection:
        raw_id = raw_store.of_mail(connection, mail_id) if mail_id <= _LARGEST else None
        if raw_id is None:
            raise Refused(f"mail {mail_id}: there is none with this number; `caseline mail list` says which there are")
        if raw_store.erased(connection, raw_id):
            raise Refused(f"mail {mail_id}: its bytes were taken away, as data of a person or because they were old")
        yield from raw_store.pieces(connection, raw_id)
