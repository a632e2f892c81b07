"""A desk that is served, and programs that call its API."""

from tests.factories.served import desk, house

__all__ = ["desk", "house"]
