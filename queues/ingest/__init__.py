"""ingest: an output arrives, is checked and stored exactly as it was sent."""
