"""The formats that a release can have: one file each. A new one is a new file, imported here."""

from queues.export.formats import golden, trl_dpo, trl_sft
from queues.export.formats.base import Format, formats, validate, write

__all__ = ["Format", "formats", "golden", "trl_dpo", "trl_sft", "validate", "write"]
