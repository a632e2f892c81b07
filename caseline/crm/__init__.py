"""The register: what a CRM is (port, vocabulary) and the embedded one."""
