"""The embedded register: the CRM that lives in caseline's own PostgreSQL."""
