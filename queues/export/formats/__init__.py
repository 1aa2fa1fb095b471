"""The formats that a release can have, one file each. To add one, write its file."""

from queues.export.formats.base import Format, Told, formats, validate, write
from queues.registry import load_plug_ins

__all__ = ["Format", "Told", "formats", "validate", "write"]

load_plug_ins(__name__, __path__)
