"""Use cases: one verb phrase a file; they open transactions and introduce rooms to one another."""
