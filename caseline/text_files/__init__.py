"""Files that people write: text in any usual encoding, tables as CSV."""
