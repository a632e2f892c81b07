"""Contents of files, each kept once under the SHA-256 of its bytes: in the database, in a folder or in a bucket."""
