"""Alembic migrations of all rooms' tables."""
