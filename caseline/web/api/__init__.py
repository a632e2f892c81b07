"""The JSON API: the same actions as the desk, for programs."""
