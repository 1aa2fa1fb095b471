"""Which controls a form and its questions have, by the names of their fields."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from queues.models import Decision
from queues.review.question import Question, kinds

Shape: TypeAlias = Literal[
    "line", "area", "check", "choice", "several", "options", "reasons", "words", "number", "pair"
]


@dataclass(frozen=True, slots=True)
class FieldOf:
    """One property: how it is shown and typed. choices: value → words; help: what a person must know."""

    name: str
    label: str | Promise
    shape: Shape
    choices: tuple[tuple[str, str | Promise], ...] = ()
    help: str | Promise = ""


DECISIONS = tuple((decision.value, decision.label) for decision in Decision)
_OPTIONS_HELP = _("One a line: value = what people read. Without a value, one is made of the words.")

FORM_FIELDS: tuple[FieldOf, ...] = (
    FieldOf("title", _("Title"), "line"),
    FieldOf("guideline", _("Guideline of the whole form"), "area", help=_("Markdown.")),
    FieldOf("decisions", _("Decisions"), "several", DECISIONS),
    FieldOf(
        "reasons",
        _("Reasons"),
        "reasons",
        help=_("One a line: value = what people read. A * at the end: it needs a note."),
    ),
    FieldOf("reasons_required_for", _("A reason is required for"), "several", DECISIONS),
    FieldOf("note_required_for", _("A note is required for"), "several", DECISIONS),
    FieldOf(
        "override_needs_reason",
        _("Approving what a safety filter flagged needs a reason"),
        "check",
    ),
)
FIRST: tuple[FieldOf, ...] = (
    FieldOf("label", _("Question"), "line"),
    FieldOf("key", _("Key"), "line", help=_("Its name in the answers. A new key begins a new question.")),
    FieldOf("help", _("Help, below the question"), "line"),
)
OWN: dict[str, FieldOf] = {
    field.name: field
    for field in (
        FieldOf("options", _("Options"), "options", help=_OPTIONS_HELP),
        FieldOf("categories", _("Categories"), "options", help=_OPTIONS_HELP),
        FieldOf("severities", _("Severities"), "options", help=_OPTIONS_HELP),
        FieldOf("marks", _("Marks"), "options", help=_OPTIONS_HELP),
        FieldOf(
            "on",
            _("Texts in which places are marked"),
            "several",
            (("output", _("the model's output")), ("input", _("the user's last message"))),
        ),
        FieldOf("minimum", _("Minimum"), "number"),
        FieldOf("maximum", _("Maximum"), "number"),
        FieldOf("labels", _("Words at the two ends"), "pair"),
        FieldOf("unit", _("Unit"), "line"),
        FieldOf("min_chosen", _("Choose at least"), "number", help=_("0 offers “None of these”.")),
        FieldOf("max_chosen", _("Choose at most"), "number"),
        FieldOf("bad_values", _("Values that count as bad"), "words", help=_("Separated by commas.")),
    )
}
LAST: tuple[FieldOf, ...] = (
    FieldOf("required", _("Required"), "check"),
    FieldOf("required_for", _("Required for"), "several", DECISIONS),
    FieldOf("allows_unsure", _("“Unsure” is an answer"), "check"),
    FieldOf("level", _("Scale"), "choice"),
    FieldOf(
        "polarity",
        _("Which way is good"),
        "choice",
        (
            ("none", _("neither")),
            ("higher_is_better", _("higher is better")),
            ("higher_is_worse", _("higher is worse")),
        ),
    ),
    FieldOf("guideline", _("Guideline of this question"), "area", help=_("Markdown.")),
)
LEVELS: dict[str, str | Promise] = {
    "nominal": _("names without an order"),
    "ordinal": _("an order"),
    "interval": _("numbers with equal steps"),
    "ratio": _("numbers with a true zero"),
    "set": _("a set"),
    "ranking": _("a ranking"),
    "text": _("text"),
    "span": _("places in a text"),
}
KIND_NAMES: dict[str, str | Promise] = {
    "single_choice": _("One of several"),
    "multiple_choice": _("Any of several"),
    "rating": _("Rating"),
    "yes_no": _("Yes or no"),
    "number": _("Number"),
    "short_text": _("A line of text"),
    "long_text": _("Longer text"),
    "ranking": _("Ranking"),
    "preference": _("Which of two is better"),
    "spans": _("Places in the text"),
    "claims": _("Claims with marks"),
}


def kind_names() -> list[tuple[str, str | Promise]]:
    """Every registered kind with its name, in the order of a form's usual growth."""
    known = [name for name in KIND_NAMES if name in kinds]
    return [(name, KIND_NAMES[name]) for name in known] + [
        (name, name) for name, _kind in kinds if name not in KIND_NAMES
    ]


def fields_of(kind: str) -> list[FieldOf]:
    """The controls of a question of this kind, in their order; of an unknown kind what every question has."""
    model: type[Question] | None = kinds.get(kind) if kind in kinds else None
    own = [OWN[name] for name in OWN if model is not None and name in model.model_fields]
    return [*FIRST, *own, *(_with_levels(field, model) if field.name == "level" else field for field in LAST)]


def _with_levels(field: FieldOf, model: type[Question] | None) -> FieldOf:
    schema = model.model_json_schema()["properties"]["level"] if model else {}
    levels = schema.get("enum") or [schema["const"]] if schema else []
    return FieldOf(field.name, field.label, field.shape, tuple((level, LEVELS[level]) for level in levels))
