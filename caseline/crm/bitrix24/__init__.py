"""Bitrix24 as the system of record; today only what its portals tell of stages is read."""
