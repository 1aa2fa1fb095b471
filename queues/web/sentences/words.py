"""How people read and write one kind of condition; the registry in which each kind has its words.

A kind without words of its own is read by its name and edited by plain fields.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.utils.functional import Promise

from queues import numbers
from queues.numbers import localized
from queues.registry import Registry

Text = str | Promise
Choices = Sequence[tuple[str, Text]]


@dataclass(frozen=True, slots=True)
class Control:
    """How one field is written. label: its name for people; choices: what it may be, empty: anything.

    suggests: "attributes", "categories", …: what the page offers to choose from without demanding it.
    none_label: for a list, the words beside a box that stands for "there is none".
    """

    label: Text
    help: Text = ""
    choices: Choices | Callable[[], Choices] = ()
    suggests: str = ""
    none_label: Text = ""
    unit: Text = ""

    @property
    def offered(self) -> Choices:
        return self.choices() if callable(self.choices) else self.choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one kind.

    rule: "Send when …", of a whole rule. clause: the same inside of another condition. reason: why here, of a
    reason as a routing has it. form: the sentence in which the fields are written, with %(field)s where each
    stands; part: the same inside of another condition. more: fields that stand below it. tidy: takes away
    what a change of one field made senseless. blank: what a new one starts with.
    """

    label: Text
    purpose: Text
    rule: Callable[[Any], str]
    clause: Callable[[Any], str]
    reason: Callable[[Mapping[str, Any]], str]
    form: Callable[[Mapping[str, Any]], Text]
    part: Callable[[Mapping[str, Any]], Text]
    more: Sequence[str] = ()
    tidy: Callable[[dict[str, Any]], dict[str, Any]] = dict
    blank: Mapping[str, object] = field(default_factory=dict)
    controls: Mapping[str, Control] = field(default_factory=dict)


words: Registry[Words] = Registry("kind of rule with words")


def figure(value: object) -> str:
    """A number as people read it: four significant figures, no exponent for ordinary sizes."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return localized(cast(float, value), ",.4g") if is_number else str(value)


def percent(share: float) -> str:
    """A share as people read it."""
    return numbers.percent(share, ".3g")


def said(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values with numbers as people read them, for a sentence."""
    return {
        name: figure(value) if isinstance(value, int | float) else value for name, value in values.items()
    }
