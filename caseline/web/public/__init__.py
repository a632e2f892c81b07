"""Pages for people outside who have a link: an application of its own, without sign-in."""
