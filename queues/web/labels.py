"""The words of a form for the codes that reviews and verdicts hold."""

from collections.abc import Iterable

from queues.models import Decision, FormVersion
from queues.review import form as review_forms
from queues.review.form import Form


def labels_of(*forms: Form) -> dict[str, str]:
    """Code → words: decisions and reasons by their value, questions by "key", values by "key=value"."""
    labels = {**{decision.value: str(decision.label) for decision in Decision}}
    for form in forms:
        labels |= {reason.value: reason.label for reason in form.reasons}
        for question in form.questions:
            labels[question.key] = question.label
            labels |= {f"{question.key}={value}": label for value, label in question.words().items()}
    return labels


def labels_of_versions(versions: Iterable[FormVersion | None]) -> dict[str, str]:
    """The same for stored versions, each parsed once; later versions win where codes coincide."""
    distinct = {version.pk: version for version in versions if version is not None}
    return labels_of(*(review_forms.parse(distinct[key].document) for key in sorted(distinct)))
