"""The port to the catalogue and to what requests are about; its docstrings are the contract."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from caseline.crm.catalogue import Tree

if TYPE_CHECKING:
    import sqlalchemy as sa


class Catalogue(Protocol):
    """Every method works in the caller's transaction."""

    def stamp(self, connection: "sa.Connection") -> tuple[int, ...]:
        """Another one whenever the catalogue was changed."""

    def tree(self, connection: "sa.Connection") -> Tree:
        """The catalogue as it is now."""

    def hold(self, connection: "sa.Connection") -> None:
        """Nobody else changes the catalogue until the transaction ends."""

    def mint(self, connection: "sa.Connection", number: int) -> list[int]:
        """Ids for so many new products."""

    def add(self, connection: "sa.Connection", rows: Sequence[Mapping[str, Any]]) -> None:
        """Make products with ids that were minted; parents stand in the register, or before what names them."""

    def change(self, connection: "sa.Connection", product_id: int, values: Mapping[str, Any]) -> None:
        """Change columns of a product; its version rises."""

    def put_order(self, connection: "sa.Connection", ids: Sequence[int]) -> None:
        """Let products stand in this order; versions rise of those that move."""

    def drop(self, connection: "sa.Connection", product_id: int) -> None:
        """Delete a product that nothing points at."""

    def used(self, connection: "sa.Connection", ids: Collection[int]) -> dict[int, int]:
        """How many requests are about each of these products, of those that any is about."""

    def of_record(self, connection: "sa.Connection", record_id: int) -> list[int]:
        """Products of a request."""

    def give(self, connection: "sa.Connection", record_id: int, product_id: int) -> bool:
        """Let a request be about a product; False when it is already."""

    def take(self, connection: "sa.Connection", record_id: int, product_id: int) -> bool:
        """Let a request no longer be about a product; False when it is not."""
