"""A house on a database of the test's own."""

from tests.factories.served import house

__all__ = ["house"]
