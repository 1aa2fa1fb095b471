"""curate: what may be used for what."""
