"""Refusals that accounts and queues share; `queues.errors` adds those of its own and names them all.

Each message says what was tried, why it was refused and what to do next.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one place of an input.

    pointer: RFC 6901 JSON pointer ("" is the whole input); code: stable, documented, dotted
    ("output.missing"); detail: a sentence for a person.
    """

    pointer: str
    code: str
    detail: str


class ReviewappError(Exception):
    """Base of all refusals; `status` is the HTTP status that both handlers use."""

    status = 400
    code = "refused"


class Malformed(ReviewappError):
    """The request cannot be read: syntax, a query parameter, a header (400); every fault is listed."""

    status = 400
    code = "malformed"

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.faults: tuple[Fault, ...] = tuple(faults)


class NotAllowed(ReviewappError):
    """This person may not do this (403)."""

    status = 403
    code = "not_allowed"


class NotFound(ReviewappError):
    """There is no such thing, or it is not yours: both read the same (404)."""

    status = 404
    code = "not_found"


class WrongState(ReviewappError):
    """The thing is in a state in which this cannot be done (409)."""

    status = 409
    code = "wrong_state"


class Taken(ReviewappError):
    """Somebody else has it, or your lease has ended (409)."""

    status = 409
    code = "taken"


class Invalid(ReviewappError):
    """The input is wrong (422); every fault is listed, not only the first."""

    status = 422
    code = "invalid"

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.faults: tuple[Fault, ...] = tuple(faults)


class NotSignedIn(ReviewappError):
    """Nobody is signed in, or the key is not valid (401)."""

    status = 401
    code = "not_signed_in"
