"""What an event of each name may say, and what rules read of it. Pure."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple, NotRequired

from pydantic import Discriminator, Field, Tag, TypeAdapter, with_config
from typing_extensions import TypedDict

from queues.errors import Fault
from queues.ingest import limits
from queues.ingest.checking import faults_of_shape
from queues.ingest.kinds import STRICT, Count, Name, NotNegative, Share, Text
from queues.ingest.messages import Messages

FEW_STARS = 2  # of five: this many or fewer are a complaint

FeedbackName = Literal[
    "thumb", "stars", "choice", "reason_codes", "comment", "correction", "report",
    "copy", "dwell", "abandon", "regenerate", "reformulate", "edit_before_send", "accept", "handoff", "retry",
]  # fmt: skip

Comment = Annotated[Text, Field(max_length=limits.COMMENT_CHARACTERS)]
ReasonCodes = Annotated[list[Name], Field(min_length=1, max_length=limits.REASON_CODES)]


def _text_or_list(value: object) -> str:
    return "list" if isinstance(value, list) else "text"


_Text = Annotated[Text, Field(max_length=limits.OUTPUT_CHARACTERS)]
_Correction = Annotated[
    Annotated[_Text, Tag("text")] | Annotated[Messages, Tag("list")], Discriminator(_text_or_list)
]


@with_config(STRICT)
class _Copy(TypedDict):
    share: Share


@with_config(STRICT)
class _Time(TypedDict):
    ms: NotNegative


@with_config(STRICT)
class _Regenerate(TypedDict):
    count: Count


@with_config(STRICT)
class _Reformulate(TypedDict):
    next_prediction_id: NotRequired[Name | None]
    similarity: NotRequired[Share | None]


@with_config(STRICT)
class _Edit(TypedDict):
    edit_similarity: Share


# None: the event says all by its name.
EXPLICIT: dict[str, Any] = {
    "thumb": Literal[-1, 1],
    "stars": Annotated[int, Field(ge=1, le=5)],
    "choice": Annotated[int, Field(ge=0, le=limits.CHOICES)],
    "reason_codes": ReasonCodes,
    "comment": Comment,
    "correction": _Correction,
    "report": Name,
}
IMPLICIT: dict[str, Any] = {
    "copy": _Copy,
    "dwell": _Time,
    "abandon": _Time,
    "regenerate": _Regenerate,
    "reformulate": _Reformulate,
    "edit_before_send": _Edit,
    "accept": None,
    "handoff": None,
    "retry": None,
}
KIND_OF = dict.fromkeys(EXPLICIT, "explicit") | dict.fromkeys(IMPLICIT, "implicit")

_SHAPES = {
    name: TypeAdapter(shape, config=None if isinstance(shape, type) else STRICT)
    for name, shape in (EXPLICIT | IMPLICIT).items()
    if shape is not None
}
_MEASURED = {
    "copy": "share",
    "dwell": "ms",
    "abandon": "ms",
    "regenerate": "count",
    "reformulate": "similarity",
    "edit_before_send": "edit_similarity",
}


class Said(NamedTuple):
    """What rules read of one event: a number, a word, and whether a person said that it was bad.

    number: -1 or 1, stars, the share, the milliseconds, the count, the similarity. label: the category
    that was reported. is_negative: of explicit feedback only; the implicit is never read as a judgement.
    """

    number: float | None = None
    label: str = ""
    is_negative: bool = False


def faults_of_value(name: str, sent: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with the value of an event of this name."""
    value, shape = sent.get("value"), _SHAPES.get(name)
    if shape is None:
        detail = "An event of this name says all by its name; leave value out."
        return [] if value is None else [Fault("/value", "value.unexpected", detail)]
    if value is None:
        return [Fault("/value", "field.missing", "This is required.")]
    if isinstance(value, bool | float) and name == "thumb":  # Literal would take True and 1.0 for 1
        return [Fault("/value", "type.wrong", "This must be a whole number; nothing is converted.")]
    return [
        Fault("/value" + fault.pointer, fault.code, fault.detail) for fault in faults_of_shape(shape, value)
    ]


def said(name: str, value: Any) -> Said:
    """What rules read of an event whose value was found good."""
    if name == "thumb":
        return Said(value, is_negative=value < 0)
    if name == "stars":
        return Said(value, is_negative=value <= FEW_STARS)
    if name == "choice":
        return Said(value)
    if name == "report":
        return Said(label=value, is_negative=True)
    if name == "correction":
        return Said(is_negative=True)
    if name in _MEASURED:
        return Said(value.get(_MEASURED[name]))
    return Said()
