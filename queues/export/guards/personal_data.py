"""Personal data with a form that can be recognised: left out, or named instead of told.

A redacted record is looked at once more, and left out when something is still found: a mark that was cut
short must not pass for a clean text.
"""

from collections.abc import Callable
from dataclasses import replace

from queues.export.guards.base import Check, Effect, Guard, Hit, Leaving, Surroundings, guards
from queues.export.guards.secrets import CATEGORIES as SECRETS
from queues.export.guards.texts_in import is_anything_in, located_in, texts_in, with_texts
from queues.score.detectors.personal_data import Located


class PersonalData(Guard):
    scopes = ("train", "eval")

    def begin(self, around: Surroundings) -> Check:
        wanted = around.settings["personal_data"]

        def check(leaving: Leaving) -> Hit | None:
            first = _first(leaving.record)
            if first is None:
                return None
            code = f"personal_data.{first.category}"
            if wanted == "keep":
                return Hit(code, Effect.WARNS)
            if wanted == "redact":
                return _redacted(leaving)
            return Hit(code, Effect.LEAVES_OUT)

        return check


def _redacted(leaving: Leaving) -> Hit:
    """All texts of the verdict, since tables and views are made of them as well."""
    row, redact = leaving.row, _redactor()
    new = replace(
        row,
        input=with_texts(row.input, redact),
        output_text=redact(row.output_text),
        corrected_text=None if row.corrected_text is None else redact(row.corrected_text),
    )
    if _first([new.input, new.output_text, new.corrected_text]) is not None:
        return Hit("personal_data.not_redacted", Effect.LEAVES_OUT)
    return Hit("personal_data.redacted", Effect.CHANGES, row=new)


def _first(texts: object) -> Located | None:
    told = texts_in(texts)
    return next((one for text in told for one in _found(text)), None) if is_anything_in(told) else None


def _found(text: str) -> list[Located]:
    return [one for one in located_in(text) if one.category not in SECRETS]


def _redactor() -> Callable[[str], str]:
    """<EMAIL_1> stands for the same address in all texts of one record, and for another in the next."""
    names: dict[tuple[str, str], str] = {}

    def redacted(text: str) -> str:
        pieces, at = [], 0
        for one in _found(text):
            start, end = one.span
            kind = one.category.upper()
            number = 1 + sum(category == kind for category, _told in names)
            name = names.setdefault((kind, text[start:end]), f"<{kind}_{number}>")
            pieces += [text[at:start], name]
            at = end
        return "".join([*pieces, text[at:]])

    return redacted


guards.register("personal_data")(PersonalData())
