"""The papers of a release: what describes its rows to people and programs."""
