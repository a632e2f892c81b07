"""The desk: pages for staff and administrators, behind a login."""
