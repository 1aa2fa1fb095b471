"""The metrics of agreement we ship, one file each. To add one, write its file."""

from queues.registry import load_plug_ins

load_plug_ins(__name__, __path__)
