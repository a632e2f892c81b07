"""Judges a chaos run: what was put in, by files, ledger and mailboxes, against what the tables hold.

It shares no code with the house, and none with what ran the chaos.
"""
