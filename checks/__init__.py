"""What `make audit` looks at: our own code, known faults of packages, and their licences; no part of the product."""
