"""How a command ends: exit codes, and the exceptions that carry them. Documented in docs/client.md."""

OK = 0
SOME_WRONG = 1  # some records were rejected, or a file does not verify
NOT_STARTED = 2  # arguments, key or file
REFUSED = 3  # the server said no, or nothing that can be used
AWAY = 4  # the server could not be reached, however often it was tried
WITHDRAWN = 5  # all is there, but rows of the release were withdrawn since


class Ending(Exception):
    """The command cannot go on; `str` is the sentence for people."""

    code = NOT_STARTED


class Refused(Ending):
    """The server's answer is a refusal; `problem` is what it said (RFC 9457)."""

    code = REFUSED

    def __init__(self, message: str, status: int, problem: dict[str, object]) -> None:
        super().__init__(message)
        self.status, self.problem = status, problem


class Unusable(Ending):
    """The server's answer is none to what was asked: of another shape, or without end."""

    code = REFUSED


class Away(Ending):
    """No answer after all tries."""

    code = AWAY
