"""Reads the source files a second time, by itself, and compares them with what the CRM answers.

Shares with the import only what both must agree on: the mapping's model, the register's vocabulary and the tables.
"""
