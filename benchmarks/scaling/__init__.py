"""Measures what several workers of one import are worth where each call of the portal takes its time."""
