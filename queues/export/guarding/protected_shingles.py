"""The shingles of the texts that may not leave, and which of these texts a row is near to. Numbers only.

`Here` works them out where it is asked. `Beside` lets a process of its own do that, for very many texts: it
works while the rows are read and written, and the memory goes with it. It tells the shingles of the rows as
well, which others need here.
"""

import pickle
import subprocess
import sys
from array import array
from collections.abc import Mapping, Sequence
from itertools import repeat
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO, Any, Protocol
from weakref import finalize

import queues
from queues.export.guarding.near_texts import NearTexts, Sets
from queues.export.guarding.number_sets import RowSets, remember, sets_of, sets_of_rows, words_of

Text = tuple[str, Sequence[str]]  # a prompt and its answers
Row = tuple[str, str]  # prompt and answer
Wanted = Sequence[bool] | None  # of which rows; None: of all
Places = list[int | None]  # of the first text that each row is near to
_ROOT = Path(queues.__path__[0]).parent
_WAITING = 4  # what was sent and not yet begun; whoever sends more waits
_DONE = ("done", ())


class ProtectedShingles:
    """Of prompts, and of each prompt with each of its answers. Texts are named by their place."""

    def __init__(self) -> None:
        self._prompts, self._wholes = Sets(), Sets()
        self._whole_of = array("i")  # place of a whole → place of its text
        self._length = 0
        self._near_prompts = self._near_wholes = NearTexts(Sets())

    def add(self, texts: Sequence[Text]) -> None:
        """Some more texts."""
        self._prompts.add(sets_of([prompt for prompt, _answers in texts]))
        both = [text for prompt, answers in texts for answer in answers for text in (prompt, answer)]
        self._wholes.add(words_of(both).in_pairs().shingles())
        for _prompt, answers in texts:
            self._whole_of.extend(repeat(self._length, len(answers)))
            self._length += 1

    def ready(self) -> None:
        """These were all."""
        self._near_prompts, self._near_wholes = NearTexts(self._prompts), NearTexts(self._wholes)

    def near_each(self, rows: Sequence[Row], wanted: Wanted = None) -> Places:
        """By their prompts, else with their answers; None also of those not wanted."""
        prompts, _answers, wholes = sets_of_rows(tuple(rows))
        by_prompt = self._near_prompts.near_each(prompts, wanted)
        by_whole = self._near_wholes.near_each(wholes, wanted)
        return [
            self._whole_of[whole] if place is None and whole is not None else place
            for place, whole in zip(by_prompt, by_whole, strict=True)
        ]


class Asked(Protocol):
    """Told of all texts, then asked for some rows after the other."""

    def add(self, texts: Sequence[Text]) -> None:
        """Some more texts."""
        ...

    def ready(self) -> None:
        """These were all."""
        ...

    def ask(self, rows: Sequence[Row], wanted: Wanted = None) -> int:
        """A ticket, with which `answer` gives the places."""
        ...

    def answer(self, ticket: int) -> Places:
        """Once for each ticket."""
        ...


class Here:
    """Worked out when the answer is fetched."""

    def __init__(self) -> None:
        self._shingles, self._asked = ProtectedShingles(), dict[int, tuple[Sequence[Row], Wanted]]()
        self._tickets = 0
        self.add, self.ready = self._shingles.add, self._shingles.ready

    def ask(self, rows: Sequence[Row], wanted: Wanted = None) -> int:
        self._tickets += 1
        self._asked[self._tickets] = rows, wanted
        return self._tickets

    def answer(self, ticket: int) -> Places:
        return self._shingles.near_each(*self._asked.pop(ticket))


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
        self._rows, self._answers = dict[int, Sequence[Row]](), dict[int, tuple[Places, RowSets]]()

    def add(self, texts: Sequence[Text]) -> None:
        _send(self._to, ("add", (texts,)))

    def ready(self) -> None:
        _send(self._to, ("ready", ()))

    def ask(self, rows: Sequence[Row], wanted: Wanted = None) -> int:
        if self._sent - self._received == _WAITING:  # else each waits for the other to read
            self._receive()
        _send(self._to, ("near_each", (rows, wanted)))
        self._sent += 1
        self._rows[self._sent] = rows
        return self._sent

    def answer(self, ticket: int) -> Places:
        while ticket not in self._answers:
            self._receive()
        places, sets = self._answers.pop(ticket)
        remember(tuple(self._rows.pop(ticket)), sets)
        return places

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
    shingles = ProtectedShingles()
    told: Mapping[str, Any] = {"add": shingles.add, "ready": shingles.ready, "near_each": shingles.near_each}
    while (message := sent.get()) != _DONE:
        kind, arguments = message
        answer = told[kind](*arguments)
        if kind == "near_each":
            _send(sys.stdout.buffer, (answer, sets_of_rows(tuple(arguments[0]))))


def _read(sent: "Queue[tuple[str, Sequence[Any]]]") -> None:
    try:
        while True:
            sent.put(pickle.load(sys.stdin.buffer))  # noqa: S301 - of our own process
    except EOFError:
        sent.put(_DONE)


if __name__ == "__main__":
    _serve()
