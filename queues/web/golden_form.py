"""The form for a golden item; what may stand in it is checked by `golden/1` alone."""

from collections.abc import Iterable
from typing import Any

import orjson
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from queues.curate.golden.queries import record_of
from queues.errors import Fault
from queues.models import GoldenVersion
from queues.review.line_ends import like
from queues.web.golden_words import RULES

PICKS = (("last", lazy("the last number of a text")), ("first", lazy("the first number of a text")))
DECIMALS = ((".", "1,234.56"), (",", "1.234,56"))
BLANK_ANSWERS = 2  # empty fields offered beside those that are filled

# Where a fault of the record is shown in the form; an answer's fault is shown beside the answers.
_FIELDS = {
    "golden_id": "golden_id",
    "input": "prompt",
    "target": "answers",
    "rubric": "rubric",
    "context": "context",
    "locale": "locale",
    "tags": "tags",
    "reason": "reason",
}
_RULE_FIELDS = ("threshold", "pattern", "absolute", "relative", "pick", "decimal")
_NEEDS = {
    "similarity": ("threshold",),
    "regex": ("pattern",),
    "number": ("absolute", "relative", "pick", "decimal"),
}


def _long(rows: int, **attributes: str) -> forms.Textarea:
    return forms.Textarea({"rows": rows, "dir": "auto", **attributes})


class GoldenForm(forms.Form):
    """A golden item, new or as a new version of `of`. The answers are fields of one name, `answers`."""

    golden_id = forms.CharField(
        label=lazy("Id"), max_length=200, strip=False, help_text=lazy("Your own name for it; it stays.")
    )
    prompt = forms.CharField(label=lazy("Question"), required=False, strip=False, widget=_long(4))
    messages = forms.CharField(
        label=lazy("Question as messages (JSON)"),
        required=False,
        strip=False,
        widget=_long(6, **{"class": "mono"}),
        help_text=lazy('Instead of the question, for a conversation: [{"role": "user", "content": "…"}, …].'),
    )
    answers = forms.CharField(required=False)  # drawn as many fields of this name: see answer_texts
    rule = forms.ChoiceField(label=lazy("An output is right when it is"), choices=RULES)
    threshold = forms.CharField(label=lazy("At least so similar"), required=False, initial="0.9")
    pattern = forms.CharField(label=lazy("Pattern (RE2)"), required=False, strip=False)
    absolute = forms.CharField(label=lazy("May differ by"), required=False, initial="0")
    relative = forms.CharField(label=lazy("or by this share of the answer"), required=False, initial="0")
    pick = forms.ChoiceField(label=lazy("Which number counts"), choices=PICKS, required=False)
    decimal = forms.ChoiceField(label=lazy("Numbers are written like"), choices=DECIMALS, required=False)
    rubric = forms.CharField(
        label=lazy("Rubric"),
        required=False,
        strip=False,
        widget=_long(3),
        help_text=lazy("What a good answer must have, for people and judges."),
    )
    context = forms.CharField(
        label=lazy("Frozen context"),
        required=False,
        strip=False,
        widget=_long(4),
        help_text=lazy("What the model was given to read, as it was when the answer was verified."),
    )
    locale = forms.CharField(label=lazy("Language"), max_length=35, required=False)
    tags = forms.CharField(label=lazy("Tags, by commas"), max_length=2_000, required=False)
    reason = forms.CharField(label=lazy("Why"), max_length=2_000)

    def __init__(self, data: QueryDict | None = None, *, of: GoldenVersion | None = None) -> None:
        super().__init__(data, initial=_initial(of) if of else None)
        self.of = of
        self.posted_answers = data.getlist("answers") if data is not None else None
        if of is not None:
            self.fields["golden_id"].disabled = True

    @property
    def answer_texts(self) -> list[str]:
        """The texts of the answer fields: those that there are, and some empty ones."""
        posted = self.posted_answers
        known = posted if posted is not None else (self.of.targets if self.of else [])
        filled = [answer for answer in known if answer]
        return filled + [""] * BLANK_ANSWERS

    def record(self) -> dict[str, Any]:
        """The form as a golden/1 record. What is not JSON or not a number is left for its check to refuse."""
        clean = self.cleaned_data
        record: dict[str, Any] = {
            "golden_id": self.of.golden.golden_id if self.of else clean["golden_id"],
            "input": self._input(),
            "target": [self._as_typed(answer) for answer in self.posted_answers or () if answer],
            "rule": self._rule(),
            "rubric": self._as_typed(clean["rubric"], self.of.rubric if self.of else ""),
            "context": self._as_typed(clean["context"], self.of.context if self.of else ""),
            "locale": clean["locale"] or None,
            "tags": [tag.strip() for tag in clean["tags"].split(",") if tag.strip()],
        }
        return record

    def show(self, faults: Iterable[Fault]) -> None:
        """Put each fault beside the field that it is about."""
        for fault in faults:
            self.add_error(self._field_of(fault.pointer), fault.detail)

    def _field_of(self, pointer: str) -> str | None:
        steps = pointer.strip("/").split("/")
        if steps[0] == "rule":
            return steps[1] if len(steps) > 1 and steps[1] in _RULE_FIELDS else "rule"
        if steps[0] == "input" and self.cleaned_data.get("messages"):
            return "messages"
        return _FIELDS.get(steps[0])

    def _input(self) -> dict[str, Any]:
        """The question, the messages, or both, which is then refused; what else the input held stays."""
        before = self.of.input if self.of else {}
        sent = {key: value for key, value in before.items() if key not in ("prompt", "messages")}
        if self.cleaned_data["messages"]:
            sent["messages"] = _read(self.cleaned_data["messages"])
        if self.cleaned_data["prompt"] or "messages" not in sent:
            sent["prompt"] = self._as_typed(self.cleaned_data["prompt"], before.get("prompt", ""))
        return sent

    def _rule(self) -> dict[str, Any]:
        kind = self.cleaned_data["rule"]
        rule: dict[str, Any] = {"kind": kind}
        for name in _NEEDS.get(kind, ()):
            value = self.cleaned_data.get(name, "")
            rule |= {name: _number(value) if name in ("threshold", "absolute", "relative") else value}
        return {key: value for key, value in rule.items() if value != ""}

    def _as_typed(self, posted: str, original: str = "") -> str:
        return like(original, posted)


def _read(text: str) -> Any:
    """The JSON that a field spells; else its text, to be refused where messages belong."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _number(text: str) -> float | str:
    """The number that a field spells; its text where it spells none, to be refused."""
    try:
        return float(text)
    except ValueError:
        return text


def _initial(of: GoldenVersion) -> dict[str, Any]:
    record = record_of(of)
    input_ = record["input"]
    rule = record["rule"]
    return {
        "golden_id": record["golden_id"],
        "prompt": input_.get("prompt", ""),
        "messages": _json(input_["messages"]) if "messages" in input_ else "",
        "rule": rule["kind"],
        **{name: rule[name] for name in _RULE_FIELDS if name in rule},
        "rubric": of.rubric,
        "context": of.context,
        "locale": of.locale,
        "tags": ", ".join(of.tags),
    }


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


class ImportForm(forms.Form):
    """A file of golden items, and what to do with those that are there already."""

    file = forms.FileField(
        label=lazy("File"), help_text=lazy(".jsonl, .ndjson or .csv, each also .gz; at most 16 MiB.")
    )
    as_new_version = forms.BooleanField(
        label=lazy("Items that are there with another content get a new version"), required=False
    )
    reason = forms.CharField(label=lazy("Why"), max_length=2_000)

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is too large. Split it, or use manage.py ingest."))
        return file


MOST_BYTES = 16 * 1024 * 1024
