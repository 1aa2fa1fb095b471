"""The files of a release: from rows to bytes, written, checked and stored."""
