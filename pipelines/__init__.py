"""A billing reconciliation warehouse for Microsoft Partner Center."""
