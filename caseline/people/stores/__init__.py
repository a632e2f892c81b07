"""SQL of the people room, a module for each kind of thing."""
