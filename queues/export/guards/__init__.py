"""The guards of a publication, one file each. To add one, write its file."""

from queues.export.guards.base import (
    CAPS,
    Check,
    Effect,
    Groups,
    Guard,
    Hit,
    Leaving,
    LooksAhead,
    Surroundings,
    guards,
)
from queues.registry import load_plug_ins

__all__ = [
    "CAPS",
    "Check",
    "Effect",
    "Groups",
    "Guard",
    "Hit",
    "Leaving",
    "LooksAhead",
    "Surroundings",
    "guards",
]

load_plug_ins(__name__, __path__)
