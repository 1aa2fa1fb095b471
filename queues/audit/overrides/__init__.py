"""Overrides: who decided otherwise than what stood before, how often, why, and what became of it."""
