"""The steps that flows list: thin Prefect wrappers around the actions."""
