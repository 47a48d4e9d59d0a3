"""Carts: what is wanted, whether it may be bought at all, what speaks against it, and sending it once."""
