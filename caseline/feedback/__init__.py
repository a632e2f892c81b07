"""Feedback: campaigns that ask, what people answer, and what follows from it."""
