"""Telling other programs what happened: an outbox of rows, signed, sent once or more, in order."""
