"""Refusals of whole files."""

from queues.errors import Invalid


class FileRefused(Invalid):
    """The file as a whole cannot be read; where known, the message names the line."""
