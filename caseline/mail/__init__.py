"""Mail that comes in: what it says, which request it belongs to, and why."""
