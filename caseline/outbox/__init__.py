"""What leaves the house: letters, written from templates, kept until they are sent, sent at least once."""
