"""Time by calendars: deadlines, durations, pauses and warnings, by one function and its inverse."""
