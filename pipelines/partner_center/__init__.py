"""Speaks to the Partner Center API; has never heard of the database."""
