"""The measures we ship, one file each. To add one, write its file and name it here."""

from queues.score.measures import (
    classes,
    client,
    judges,
    length,
    lexical,
    p_true,
    semantic,
    token,
    verbalised,
    votes,
)

__all__ = [
    "classes",
    "client",
    "judges",
    "length",
    "lexical",
    "p_true",
    "semantic",
    "token",
    "verbalised",
    "votes",
]
