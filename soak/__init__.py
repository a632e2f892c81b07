"""A chaos run of the whole house, and a checker that judges it without knowing the house."""
