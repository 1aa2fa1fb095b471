"""Who says what rows are near to. `Here` works it out where it is asked. `Beside` lets a process of its own
do that, for very many texts: it works while the rows are read and written, and the memory goes with it. It
tells the shingles of the rows as well, which others need here.
"""

import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO, Any, Protocol
from weakref import finalize

import numpy as np
import numpy.typing as npt

import queues
from queues.export.guarding.nearness import Near, Nearness, Question
from queues.export.guarding.number_sets import RowSets, remember, sets_of_rows
from queues.export.guarding.protected_shingles import Row, Text

_ROOT = Path(queues.__path__[0]).parent
_WAITING = 4  # what was sent and not yet begun; whoever sends more waits
_DONE = ("done", ())


class Asked(Protocol):
    """Told of all texts, then asked for some rows after the other."""

    def add(self, texts: Sequence[Text]) -> None:
        """Some more texts."""
        ...

    def add_vectors(self, places: Sequence[int], rows: npt.NDArray[np.float16]) -> None:
        """Those of some texts, by their places."""
        ...

    def ready(self) -> None:
        """These were all."""
        ...

    def ask(self, question: Question) -> int:
        """A ticket, with which `answer` gives what is near."""
        ...

    def answer(self, ticket: int) -> Near:
        """Once for each ticket."""
        ...


class Here:
    """Worked out when the answer is fetched."""

    def __init__(self) -> None:
        self._nearness, self._asked, self._tickets = Nearness(), dict[int, Question](), 0
        self.add, self.add_vectors = self._nearness.add, self._nearness.add_vectors
        self.ready = self._nearness.ready

    def ask(self, question: Question) -> int:
        self._tickets += 1
        self._asked[self._tickets] = question
        return self._tickets

    def answer(self, ticket: int) -> Near:
        return self._nearness.near(self._asked.pop(ticket))


class Beside:
    """Worked out by a process that ends with this object; EOFError or BrokenPipeError when it is gone."""

    def __init__(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            start_new_session=True,  # a key that stops us is not for it: it ends when nobody speaks to it
        )
        self.process_id = process.pid
        finalize(self, _end, process)
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the process has no pipes")
        self._to, self._from = process.stdin, process.stdout
        self._sent = self._received = 0
        self._rows, self._answers = dict[int, Sequence[Row]](), dict[int, tuple[Near, RowSets]]()

    def add(self, texts: Sequence[Text]) -> None:
        _send(self._to, ("add", (texts,)))

    def add_vectors(self, places: Sequence[int], rows: npt.NDArray[np.float16]) -> None:
        _send(self._to, ("add_vectors", (places, rows)))

    def ready(self) -> None:
        _send(self._to, ("ready", ()))

    def ask(self, question: Question) -> int:
        if self._sent - self._received == _WAITING:  # else each waits for the other to read
            self._receive()
        _send(self._to, ("near", (question,)))
        self._sent += 1
        self._rows[self._sent] = question.rows
        return self._sent

    def answer(self, ticket: int) -> Near:
        while ticket not in self._answers:
            self._receive()
        near, sets = self._answers.pop(ticket)
        remember(tuple(self._rows.pop(ticket)), sets)
        return near

    def _receive(self) -> None:
        self._received += 1
        self._answers[self._received] = pickle.load(self._from)  # noqa: S301 - of our own process


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()  # it holds nothing that would be lost
    process.communicate()


def _send(to: IO[bytes], message: Any) -> None:
    pickle.dump(message, to, pickle.HIGHEST_PROTOCOL)
    to.flush()


def _serve() -> None:
    """What the process beside does until nobody speaks to it any more. It reads while it works: whoever sends
    does not wait for the answer before."""
    sent: Queue[tuple[str, Sequence[Any]]] = Queue(_WAITING)
    Thread(target=_read, args=[sent], daemon=True).start()
    nearness = Nearness()
    told: Mapping[str, Any] = {
        "add": nearness.add, "add_vectors": nearness.add_vectors, "ready": nearness.ready,
    }  # fmt: skip
    while (message := sent.get()) != _DONE:
        kind, arguments = message
        if kind == "near":
            (question,) = arguments
            _send(sys.stdout.buffer, (nearness.near(question), sets_of_rows(tuple(question.rows))))
        else:
            told[kind](*arguments)


def _read(sent: "Queue[tuple[str, Sequence[Any]]]") -> None:
    try:
        while True:
            sent.put(pickle.load(sys.stdin.buffer))  # noqa: S301 - of our own process
    except EOFError:
        sent.put(_DONE)


if __name__ == "__main__":
    _serve()
