"""The port to the system of record: few methods, shaped for batches; their docstrings are the contract."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import sqlalchemy as sa


class TryLater(Exception):
    """The CRM cannot be reached or asks to wait; nothing is wrong with the records."""


class Ambiguous(TryLater):
    """The answer was lost: records may have been written or not; look them up before repeating."""


class Stopped(Exception):
    """The CRM serves us no more until somebody has done what the message says; repeating is of no use."""


class NotOffered(Exception):
    """A CRM does not do that; the message says why, and what to do instead. `docs/crms.md` lists all of it."""

    def __init__(self, crm: str, what: str, remedy: str) -> None:
        super().__init__(f"{crm} does not offer {what}: {remedy}")
        self.crm = crm
        self.what = what


@dataclass(frozen=True, slots=True)
class Definitions:
    """What must exist in the CRM before records come."""

    source: str
    stages: Sequence[tuple[str, str, bool]] = ()
    """(code, label, closed) of requests, in order."""
    fields: Sequence[tuple[str, str, str, str]] = ()
    """(entity, name, type, label) of extra fields."""
    presets: Sequence[tuple[str, Mapping[str, Sequence[str]], str | None]] = ()
    """(name, {field: wanted values}, sort) of list views."""
    pausing: Sequence[str] = ()
    """Codes of those stages in which the clock of a deadline stands still."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Records of one entity on their way in, as rows of a query on the caller's connection.

    Columns of `rows`: ref (bigint, the caller's name of the record, given back in answers), crm_id (bigint; of an
    earlier success, or minted by `Crm.mint`, or NULL), is_new (boolean), version (bigint; as left by the last write),
    origin (text), then one column for each of `fields` (references as `<name>_id`), then extra (jsonb).
    Of a changed record, fields that are not among `fields` stay as they are, and so do extra fields that `extra` does
    not name; null there means that the field is empty now.
    """

    entity: str
    source: str
    rows: "sa.Select[Any]"
    fields: tuple[str, ...]
    expected: int
    """Rows that `rows` yields."""
    changed: int = 0
    """Those of them that have is_new = false."""
    overwrite: bool = False
    """Write over what people have edited since."""
    narrow: "sa.Select[Any] | None" = None
    """The same rows without long texts, where that is cheaper to read: ref, crm_id, is_new, references and stage."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that the CRM does not take."""

    ref: int
    code: str
    value: str | None
    text: str
    field: str | None = None
    """The field (as in `Incoming.fields`) that is at fault, where it is one."""


@dataclass(frozen=True, slots=True)
class Known:
    """A record that the CRM has already under this origin."""

    origin: str
    crm_id: int
    version: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The answer to `Crm.withdraw`."""

    gone: int = 0
    """Records that were deleted."""
    stay: tuple[Known, ...] = ()
    """Those that somebody has edited since, or that the CRM does not delete."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer to `Crm.take_in`."""

    created: int
    updated: int
    refused: tuple[Refusal, ...] = ()
    versions: tuple[tuple[int, int], ...] = ()
    """(ref, version) of the updated ones; a created record has version 1."""
    known: tuple[Known, ...] = ()
    """Not empty: nothing was written, because these origins exist; offer them again with their ids."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record sent by `Crm.write`."""

    ref: int
    crm_id: int | None
    version: int = 1
    code: str = ""
    text: str = ""


class Crm(Protocol):
    """A system of record. Everything written through `take_in` or `write` is imported: quiet for every consumer.

    What a CRM cannot do raises `NotOffered`.
    """

    shares_transaction: bool
    """True: `take_in` writes on the caller's connection and commits nothing. False: `write` is used."""
    at_once: int
    """How many records `write` takes best at once."""
    in_order: bool
    """True: records should be written in the order in which they come, so one worker at a time."""

    def prepare(self, connection: "sa.Connection", definitions: Definitions) -> None:
        """Make stages, extra fields and presets exist; running it again changes nothing."""

    def mint(self, entity: str) -> "sa.ColumnElement[int]":
        """SQL that yields a fresh id of `entity` for every row; only where the transaction is shared."""

    def take_in(self, connection: "sa.Connection", incoming: Incoming) -> Taken:
        """Create the new and update the changed records of `incoming`, in sets; only where the transaction is shared.

        A changed record that somebody edited since `version` is refused with EDITED_SINCE unless `overwrite`; one whose
        reference points at something that was deleted meanwhile, with REFUSED and the field.
        Raises sqlalchemy.exc.IntegrityError or DataError when some record breaks a rule of the CRM: nothing of the
        set is then written, and the caller halves the set.
        """

    def write(
        self, entity: str, source: str, records: Sequence[Mapping[str, Any]], *, overwrite: bool = False
    ) -> list[Outcome]:
        """Create or update records (columns as in `Incoming.rows`) one by one, committed when it returns.

        `overwrite`: write over what people have edited since, also of a record that turns out to be there already.

        Raises `Ambiguous` when it is unknown what was written, `TryLater` when nothing was.
        """

    def look_up(self, entity: str, source: str, origins: Sequence[str]) -> list[Known]:
        """The records that exist under these origins."""

    def read(self, entity: str, source: str | None, origins: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """Stream records: id, source, origin, all core fields (references as origin of the target), extra.

        All of them in the order of their ids, or those of `origins` of one `source`, in any order.
        """

    def edited(self, entity: str, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """Ids of those of the records, by (id, version), that people have edited since; one that is gone is not."""

    def delete(self, entity: str, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """Delete records by (id, version) and answer the ids that are gone.

        What was edited since that version stays, and so does what other records still point at.
        """

    def withdraw(self, entity: str, source: str, origins: Sequence[str]) -> Withdrawn:
        """Delete what interrupted calls of `write` have left under these origins without anybody knowing of it.

        That is what was sent, and neither answered nor taken up since: `read` does not show it. What was edited since
        stays, and so does whatever was not sent by `write`. From here on no call that hangs somewhere brings one of
        the origins any more. Done twice it does no harm. Raises `TryLater`; what was deleted until then stays deleted.
        """

    def count(self) -> dict[str, dict[str | None, int]]:
        """Records by entity and source (None = made in the CRM itself)."""
