"""The database: its engine, the metadata all rooms share, and the embedded server."""
