"""End to end: from raw mails to categorised requests, and what threading costs in a large register."""
