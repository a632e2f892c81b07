"""Notices: tells people of the house what concerns them, in the page and by mail."""
