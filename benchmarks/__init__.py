"""Measures the import against its competitors, all in one run on one server; nothing here is needed for work."""
