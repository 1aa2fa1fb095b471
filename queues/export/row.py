"""What a format is given: one standing verdict with its texts, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]  # JSON


@dataclass(frozen=True, slots=True)
class SoftLabel:
    """How the answers to one question spread. answers: value → how many people gave it, in the order of the
    scale; what nobody said is left out. unsure: people who could not judge, where that has no place on it.
    """

    question: str
    answers: tuple[tuple[str, int], ...]
    unsure: int = 0

    def as_record(self) -> Record:
        """n: answers on the scale; share: of these."""
        n = sum(count for _value, count in self.answers)
        told = [{"value": value, "n": count, "share": count / n} for value, count in self.answers]
        return {"question": self.question, "n": n, "unsure": self.unsure, "answers": told}


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One verdict of a dataset, with all that a record or its provenance may say about it.

    input: `input` of prediction/1; output_text: the text that was reviewed; answered_in_text: the
    output was text (and perhaps reasoning), no tool call or file that the text would leave out.
    soft_labels: of the questions on which people may rightly differ, where the format keeps them.
    """

    item: int
    verdict: int
    prediction_id: str
    environment: str
    queue: str
    decision: str
    basis: str
    model_version: str
    locale: str
    input: Mapping[str, Any]
    output_text: str
    answered_in_text: bool
    corrected_text: str | None
    conversation_id: str | None = None
    licence: str | None = None
    prompt_version: str | None = None
    rights_origin: str | None = None
    soft_labels: Sequence[SoftLabel] = ()

    @property
    def record_id(self) -> str:
        """Stable over releases: a second verdict on the same item is the same record, edited."""
        return f"r-{self.item}"

    @property
    def good_answer(self) -> str | None:
        """The answer a person stands behind; None when the output was rejected."""
        return {"approve": self.output_text, "correct": self.corrected_text}.get(self.decision)

    @property
    def bad_answer(self) -> str | None:
        """The model's own output where a person did not let it pass; None when it was approved."""
        return None if self.decision == "approve" else self.output_text


@dataclass(frozen=True, slots=True)
class Excluded:
    """Why a verdict gives no record: a stable dotted code, counted in the manifest."""

    code: str
