"""Telling somebody: breaks that are new, worse or back, runs that failed or never came; one message a run."""
