"""What goes wrong with the embedded server, said so that a person can act."""


class EmbeddedTrouble(Exception):
    """The embedded PostgreSQL cannot do this; the message says what to do."""
