"""Measures bringing records into a portal: against the clients that others use, and against the portal's own limits."""
