"""What operators start and watch: one Prefect deployment per file."""
