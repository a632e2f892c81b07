"""The staging table: legacy rows are read, loaded, converted, settled and reported here."""
