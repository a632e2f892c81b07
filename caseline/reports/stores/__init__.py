"""SQL of the reports: counting, spreads of durations, and the rows behind a figure."""
