"""The measures we ship, one file each. To add one, write its file and name it here."""

from queues.score.measures import classes, client, token, votes

__all__ = ["classes", "client", "token", "votes"]
