"""Measures deadlines and durations against what else counts business time in Python."""
