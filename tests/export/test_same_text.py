"""What a model said and a person wrote leaves code point for code point, in every format."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
import pytest

from queues.export import formats
from queues.export.files.hashing import canonical
from queues.export.formats import Format, write
from queues.export.row import Excluded, VerdictRow
from tests.bad_inputs.corpus import by_kind, expand
from tests.export.rows import row
from tests.flows.outside_data import rows_of

SETS = ("qa_feedback", "hh_harmless", "lamp_edits", "mlqe_pe")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # becomes U+FFFD on arrival, and is reported
CHECKED = "export_same_text"


def texts_in(value: object) -> Iterator[str]:
    """Every text in a JSON value, keys apart."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)


def verdicts_about(prompt: object, output: str, corrected: str) -> Iterator[tuple[VerdictRow, list[str]]]:
    """Each way to decide about this output, with the texts that a record of it must hold."""
    turns = prompt if isinstance(prompt, list) else [{"role": "user", "content": str(prompt)}]
    input_ = {"messages": turns}
    asked = [turn["content"] for turn in turns]
    yield row(decision="approve", input=input_, output_text=output, corrected_text=None), [*asked, output]
    yield row(decision="correct", input=input_, output_text=output, corrected_text=corrected), [*asked]
    yield row(decision="reject", input=input_, output_text=output, corrected_text=None), [*asked, output]


def changed_by(format_: Format, verdicts: Iterable[tuple[VerdictRow, list[str]]]) -> list[str]:
    """What is read back differently from what was written, by a reader that splits at LF only."""
    lines, wanted = [], []
    for verdict, texts in verdicts:
        record = write(format_, verdict)
        if not isinstance(record, Excluded):
            lines.append(canonical(record) + b"\n")
            wanted.append((texts, verdict.good_answer))
    read = b"".join(lines).split(b"\n")[:-1]
    assert len(read) == len(wanted)
    return [
        text
        for line, (texts, answer) in zip(read, wanted, strict=True)
        for text in _missing(set(texts_in(orjson.loads(line))), texts, answer)
    ]


def _missing(found: set[str], texts: list[str], answer: str | None) -> list[str]:
    """Texts that are not there. A correction may stand beside the output that it corrects, or alone."""
    missing = [text for text in texts if text not in found]
    return missing if answer is None or answer in found or texts[-1] in found else [*missing, answer]


def hostile_in(rows: list[dict[str, Any]]) -> list[str]:
    return [
        UNSTORABLE.sub("\ufffd", text)
        for line in rows
        if CHECKED in line.get("check", ())
        for text in texts_in(expand(line["payload"]))
    ]


@pytest.mark.parametrize(
    "rows",
    [*by_kind("ingest_records.jsonl"), *by_kind("form_posts.jsonl"), *by_kind("feedback_events.jsonl")],
)
def test_a_hostile_text_leaves_as_it_came(rows: list[dict[str, Any]]) -> None:
    for text in hostile_in(rows):
        for name, format_ in formats.formats:
            verdicts = verdicts_about(text, text, f"{text}!")

            assert changed_by(format_, verdicts) == [], name


@pytest.mark.parametrize("at_most", [30, pytest.param(None, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", SETS)
def test_every_real_output_leaves_as_it_was_said(name: str, at_most: int | None) -> None:
    for line in rows_of(name, at_most=at_most):
        edited = next((a["edited_output"] for a in line["annotations"] if a.get("edited_output")), None)
        for output in texts_in(line.get("output") or [one["text"] for one in line["outputs"]]):
            for format_name, format_ in formats.formats:
                verdicts = verdicts_about(line["prompt"], output, edited or f"{output} ")

                assert changed_by(format_, verdicts) == [], format_name
