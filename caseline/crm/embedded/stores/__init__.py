"""SQL of the embedded register for one record at a time; sets of records are the business of `..store`."""
