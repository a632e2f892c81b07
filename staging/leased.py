"""Moves batches into a CRM of its own (REST): leased, looked up when in doubt, settled piece by piece."""
