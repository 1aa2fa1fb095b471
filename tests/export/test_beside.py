"""What is near to texts that may not leave is the same, whoever works it out: this process or one beside."""

import gc
import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
import psutil
import pytest

from accounts.actor import Actor
from queues import jobs
from queues.export import actions as export
from queues.export.guarding import number_sets, protected
from queues.export.guarding.beside import Beside, Here
from queues.export.guarding.nearness import Near, Question
from queues.export.guarding.number_sets import sets_of_rows
from queues.models import Job, Queue, Release
from tests.export.building import content
from tests.factories.golden import golden_record, verified
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import record_of, settled
from tests.factories.work import queue_in

ROOT = Path(__file__).parents[2]


def said(chance: Random, words: int) -> str:
    return " ".join(f"w{chance.randrange(60)}" for _n in range(words))


def changed(chance: Random, text: str) -> str:
    words = text.split()
    words[chance.randrange(len(words))] = "other"
    return " ".join(words)


@pytest.fixture
def beside() -> Beside:
    return Beside()


def test_a_process_beside_finds_what_this_one_finds(beside: Beside) -> None:
    chance, here = Random(5), Here()
    texts = [(said(chance, 30), [said(chance, 12)] * chance.randrange(3)) for _n in range(40)]
    vectors = unit_vectors(chance, 40)
    rows = [(changed(chance, prompt), said(chance, 20)) for prompt, _answers in texts[:15]]
    rows += [(said(chance, 9), changed(chance, f"{a} {b[0]}")) for a, b in texts[15:] if b]
    rows += [("", ""), (said(chance, 40), said(chance, 40))]
    for one in (here, beside):
        one.add(texts[:25])
        one.add(texts[25:])
        one.add_vectors(range(0, 40, 2), vectors[::2].astype(np.float16))
        one.ready()

    questions = [
        Question(rows[at : at + 7], vectors=as_sent(vectors[at + 2 : at + 5])) for at in (0, 7, 14, 21)
    ]
    asked = [(here.ask(question), beside.ask(question)) for question in questions]

    found = [(here.answer(ours), beside.answer(theirs)) for ours, theirs in reversed(asked)]
    assert all(ours == theirs for ours, theirs in found)
    assert sum(place is not None for ours, _theirs in found for place in ours.rows) > 15
    assert [ours.vectors for ours, _theirs in reversed(found)] == [
        [2, None, 4], [None, 10, None], [16, None, 18], [None, 24, None],
    ]  # fmt: skip


def test_a_vector_is_asked_for_without_a_row(beside: Beside) -> None:
    vectors = unit_vectors(Random(6), 3)
    for one in (Here(), beside):
        one.add([("one two three four five six", [])] * 3)
        one.add_vectors([0, 2], vectors[[0, 2]].astype(np.float16))
        one.ready()

        assert one.answer(one.ask(Question([], vectors=as_sent(vectors)))) == Near([], [0, None, 2])


def unit_vectors(chance: Random, how_many: int) -> npt.NDArray[np.float32]:
    rows = np.array([[chance.gauss(0, 1) for _d in range(64)] for _n in range(how_many)], np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def as_sent(vectors: npt.NDArray[np.float32]) -> list[bytes]:
    """As the database sends them."""
    return [row.astype(">f2").tobytes() for row in vectors]


def test_the_shingles_of_rows_are_told_by_the_process_beside(
    beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside.add([("one two three four five six", [])])
    beside.ready()
    rows = (("Ein Wort zählt, sagt sie", "und zwei"), ("", ""), ("a b c d", "a b c d e"))
    ours = sets_of_rows(rows)
    sets_of_rows((("something", "else"),))

    beside.answer(beside.ask(Question(list(rows))))
    monkeypatch.setattr(number_sets, "words_of", None)  # nothing is worked out here any more

    for told, found in zip(sets_of_rows(rows), ours, strict=True):
        assert told.numbers.tolist() == found.numbers.tolist()
        assert told.ends.tolist() == found.ends.tolist()


def test_much_may_be_asked_before_the_first_answer_is_fetched(beside: Beside) -> None:
    beside.add([("one two three four five six", [])])
    beside.ready()
    long = " ".join(f"w{n}" for n in range(30_000))  # its shingles fill more than a pipe

    question = Question([("one two three four five six", long)])
    tickets = [beside.ask(question) for _n in range(20)]

    assert [beside.answer(ticket) for ticket in tickets] == [Near([0], [])] * 20


def test_only_what_is_wanted_is_looked_for(beside: Beside) -> None:
    for one in (Here(), beside):
        one.add([("one two three four five six", [])])
        one.ready()
        rows = [("one two three four five six", ""), ("one two three four five six", "x")]

        assert one.answer(one.ask(Question(rows, [False, True]))).rows == [None, 0]


def test_the_process_beside_ends_with_who_asks_it() -> None:
    asked = Beside()
    process = asked.process_id
    del asked
    gc.collect()

    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


_ASKS = """
import time
from queues.export.guarding.beside import Beside
beside = Beside()
print(beside.process_id, flush=True)
time.sleep(60)
"""


def test_the_process_beside_ends_when_who_asks_it_is_killed() -> None:
    asking = subprocess.Popen([sys.executable, "-c", _ASKS], stdout=subprocess.PIPE, cwd=ROOT)
    assert asking.stdout is not None
    beside = psutil.Process(int(asking.stdout.readline()))

    asking.kill()
    asking.communicate()

    give_up = time.monotonic() + 20
    while is_running(beside) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert not is_running(beside)


def is_running(process: psutil.Process) -> bool:
    """One that has ended keeps its name until somebody asks how."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_who_asks_a_process_that_was_killed_hears_of_it(beside: Beside) -> None:
    os.kill(beside.process_id, 9)

    with pytest.raises((EOFError, BrokenPipeError)):
        beside.answer(beside.ask(Question([("a", "b")])))


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="refunds")


@pytest.mark.django_db(transaction=True)
def test_a_release_is_the_same_with_a_process_beside(
    people: Cast, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(8)
    prompts = [said(chance, 25) for _n in range(6)]
    golden = [golden_record(f"g-{n}", input={"prompt": changed(chance, prompts[n])}) for n in range(3)]
    verified(people.project, *golden)
    for prompt in prompts:
        settled(queue, record=record_of(prompt))

    by, releases = Actor(people.mel.pk), list[Release]()
    for how_many, name in ((10**9, "here"), (0, "beside")):
        monkeypatch.setattr(protected, "BESIDE_FROM", how_many)
        found = export.create_dataset(people.project, name=name, format_name="trl_sft", by=by)
        release, job = export.publish(found, by=by)
        jobs.run_job(job.pk)
        release.refresh_from_db()
        assert release.state == "published", Job.objects.get(pk=job.pk).error
        releases.append(release)

    here, beside = releases
    assert here.findings["contamination.shingle"]["rows"] == 3
    assert beside.findings == here.findings
    assert content(beside, "train.jsonl") == content(here, "train.jsonl")
