"""The answers of one record that are compared with each other: its output and its alternative generations."""

from queues.ingest.messages import text_of
from queues.score.detector import Record

# Open reasoning models close their thinking with one of these; what follows the last one is the answer.
_END_OF_REASONING = ("</think>", "</thinking>")


def output_text(record: Record) -> str:
    """The output's text: `text`, or the text parts of its first candidate, joined."""
    output = record["output"]
    return str(output["text"]) if "text" in output else text_of(output["messages"][0])


def answers(record: Record) -> list[str]:
    """The output and then each of `samples`, in their order, without reasoning: N texts, at least one."""
    samples = record.get("samples") or ()
    return [final_answer(output_text(record)), *(final_answer(sample["text"]) for sample in samples)]


def final_answer(text: str) -> str:
    """The text behind its inline reasoning; the whole text when there is none, or nothing behind it."""
    for tag in _END_OF_REASONING:
        answer = text.rpartition(tag)[2]
        text = answer if answer.strip() else text
    return text
