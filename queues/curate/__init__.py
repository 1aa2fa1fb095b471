"""Curate: verified answers, kept as golden items in versions."""
