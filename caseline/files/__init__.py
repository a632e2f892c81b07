"""Contents of files, each kept once under the SHA-256 of its bytes, in the database or in a folder."""
