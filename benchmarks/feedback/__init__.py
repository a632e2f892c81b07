"""Feedback over a register of 290,000 closed requests: asking, the rounds of the deployments, the public pages."""
