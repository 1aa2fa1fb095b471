"""Why `up` gives up, said so that a person can act."""


class UpTrouble(Exception):
    """The group cannot be started; the message says what to do."""
