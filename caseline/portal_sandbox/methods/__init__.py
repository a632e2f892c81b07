"""The methods of a portal, a module for each family."""
