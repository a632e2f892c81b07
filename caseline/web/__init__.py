"""Pages: the desk of the staff, those for people outside, those for a portal; each is an application of its own."""
