"""The dialects that we read, one file each. To add one, or a new version of one, write its file."""

from queues.registry import load_plug_ins

load_plug_ins(__name__, __path__)
