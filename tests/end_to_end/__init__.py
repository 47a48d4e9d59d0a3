"""The real command line against a real sandbox server and a real database file."""
