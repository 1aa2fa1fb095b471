"""What a question of a form is: its own document (pydantic), and its own rules of what answers it.

A kind of question is a file in `queues/review/questions`. It knows no database: values in, faults or
values out. Answers are JSON values; where a place in a text is meant, it is [start, end) in code points.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, ClassVar, Literal, Self, TypeAlias

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from queues.errors import Fault
from queues.registry import Registry
from queues.review.strict import DecisionName, Key, Label, Strict

Answer: TypeAlias = str | int | float | list[Any]
"""The value of an answer; which of these, and what it may be, its question says."""
Lengths: TypeAlias = Mapping[str, int]
"""How many code points the texts have that an answer may point into, by "output" and "input"."""
UNSURE = "unsure"  # an answer of its own where a question allows it, never a missing one
FAULTS_MAX = 50  # of one answer: nobody reads more at once
JUDGEMENTS: list[DecisionName] = ["approve", "correct", "reject"]


class AskedWhen(Strict):
    """When a question is asked: for some decisions, or after certain answers to an earlier question."""

    decision: list[DecisionName] | None = Field(default=None, min_length=1)
    question: Key | None = None
    any_of: list[str | int | float] | None = Field(default=None, min_length=1, max_length=101)

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        of_question = self.question is not None and self.any_of is not None
        if of_question == (self.decision is not None) or (self.question is None) != (self.any_of is None):
            raise ValueError('give either "decision", or "question" and "any_of"')
        return self


class Question(Strict, ABC):
    """One question of a form.

    required_for: the decisions for which it must be answered, when it is required and asked at all.
    level: the scale of its values. polarity: which way is good. asked_when: None: always.
    """

    key: Key
    kind: str
    label: Label
    help: str = Field(default="", max_length=2_000)
    guideline: str = Field(default="", max_length=20_000)
    required: bool = False
    required_for: list[DecisionName] = JUDGEMENTS
    level: str
    polarity: Literal["higher_is_better", "higher_is_worse", "none"] = "none"
    allows_unsure: bool = False
    asked_when: AskedWhen | None = None

    settles: ClassVar[bool] = True  # two reviews that differ here do not agree
    leads_on: ClassVar[bool] = True  # whether another question is asked may depend on its answer
    marks_texts: ClassVar[bool] = False  # its answers are places in a text

    def is_required(self, decision: str) -> bool:
        return self.required and decision in self.required_for

    def faults(self, value: object, lengths: Lengths | None = None) -> list[Fault]:
        """Why this is no answer, each with its pointer from the answer on; lengths None: not looked at.

        At most `FAULTS_MAX`: a list of thousands of wrong places is not looked through to its end.
        """
        if self.is_unsure(value):
            return []
        if self.allows_unsure and isinstance(value, list) and UNSURE in value:
            return [fault("", "both", _("Either answer, or say that you are unsure: not both."))]
        return [*islice(self._faults(value, lengths or {}), FAULTS_MAX)]

    def canonical(self, value: Answer) -> Answer:
        """A value without faults as it is stored: answers that say the same are the same."""
        return value if self.is_unsure(value) else self._canonical(value)

    def rating(self, value: Answer) -> str | None:
        """The string under which two people's answers are compared; None for what is no answer."""
        if self.faults(value):
            return None
        return UNSURE if self.is_unsure(value) else self._rating(self._canonical(value))

    def is_unsure(self, value: object) -> bool:
        return self.allows_unsure and value == UNSURE

    def is_any_of(self, value: object, wanted: Sequence[object]) -> bool:
        """Whether this answer is one of those after which another question is asked."""
        return value in wanted

    def may_be(self, value: str | float) -> bool:
        """Whether `is_any_of` could ever find this value."""
        return not self.faults(value)

    def own_faults(self) -> Iterable[Fault]:
        """What is wrong with the question itself that its fields' types do not say, from it on."""
        return ()

    def words(self) -> dict[str, str]:
        """Values that are codes, with what people read for them."""
        return {UNSURE: _("Unsure / cannot judge")} if self.allows_unsure else {}

    @abstractmethod
    def _faults(self, value: object, lengths: Lengths) -> Iterable[Fault]:
        """The faults of a value that is not "unsure"."""

    def _canonical(self, value: Any) -> Answer:
        return value

    def _rating(self, value: Any) -> str:
        return value if isinstance(value, str) else compact(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def compact(value: object) -> str:
    """JSON in one way only."""
    return _ENCODER.encode(value)


def fault(pointer: str, code: str, detail: str) -> Fault:
    """A fault of an answer, its pointer as seen from the answer."""
    return Fault(pointer, f"answers.{code}", detail)


kinds: Registry[type[Question]] = Registry("kind of question")
