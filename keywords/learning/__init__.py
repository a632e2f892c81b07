"""Learns a dictionary from texts with known categories, and judges one; only this folder needs scikit-learn."""
