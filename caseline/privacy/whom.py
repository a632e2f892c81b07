"""Who a person is to the house: contacts that are one, addresses and phones that are nobody else's."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from caseline.privacy.cleaning import Words
from caseline.privacy.fates import Of


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """One person."""

    contact_id: int | None
    """The contact that remains of those merged; None: nobody has the address."""
    contacts: tuple[int, ...] = ()
    """It and all that were merged into it."""
    names: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    """In small letters; found are mails and letters by them."""
    phones: frozenset[str] = frozenset()
    """As they are written, and as numbers."""
    shared: frozenset[str] = frozenset()
    """Addresses and phones that others have, too: nothing is found by them, and they stay where others are meant."""

    @property
    def words(self) -> Words:
        """What is looked for in texts of others; a name of one word is that of too many."""
        return Words((*(one for one in self.names if " " in one.strip()), *self.addresses, *self.phones))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where data of a person lie."""

    whom: Whom
    ids: Mapping[Of, tuple[int, ...]]
    digests: tuple[bytes, ...] = ()
    """Contents of files that hang on what is the person's."""
    pending: tuple[int, ...] = field(default=())
    """Mails that came and were not taken in; whether the person wrote them, their heads must tell."""

    def of(self, what: Of) -> tuple[int, ...]:
        """The ids of a set."""
        return self.ids.get(what, ())
