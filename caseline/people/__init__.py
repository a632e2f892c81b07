"""Who there is: persons and groups."""
