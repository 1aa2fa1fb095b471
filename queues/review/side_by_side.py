"""Reviews of one item beside each other, also where the form changed between them.

Only what every one of them was asked can be compared; values of an older version are put as the mappings
of the later ones say (`queues.review.comparability`).
"""

from collections.abc import Sequence
from typing import Any

from queues.models import FormVersion, Review
from queues.review import form as forms
from queues.review.comparability import Mappings
from queues.review.question import Question


def ratings_of(reviews: Sequence[Review]) -> list[dict[str, str]]:
    """Per review: question → the string under which its answer is compared. Texts and places are left out.

    One statement more where the reviews were given under different versions of the form.
    """
    shown = {review.form_id for review in reviews}
    if len(shown) < 2:
        return [_own_ratings(review) for review in reviews]
    numbers = dict(FormVersion.objects.filter(pk__in=shown).values_list("pk", "version"))
    newest = forms.of_version(max(shown, key=lambda form_id: numbers[form_id]))
    asked_of_all = [{q.key for q in forms.of_version(form_id).questions} for form_id in shown]
    common = [q for q in newest.questions if q.settles and all(q.key in asked for asked in asked_of_all)]
    steps = _steps(reviews[0].form_id, numbers)
    return [_ratings_in(common, review, steps, numbers[review.form_id]) for review in reviews]


def _own_ratings(review: Review) -> dict[str, str]:
    form = forms.of_version(review.form_id)
    return form.ratings(form.closed(review.answers))


def _steps(form_id: int, numbers: dict[int, int]) -> list[tuple[int, Mappings]]:
    """The mappings from the oldest of these versions to the newest, in their order."""
    versions = FormVersion.objects.filter(
        queue__form_versions=form_id,
        version__gt=min(numbers.values()),
        version__lte=max(numbers.values()),
    )
    return list(versions.order_by("version").values_list("version", "mappings"))


def _ratings_in(
    questions: Sequence[Question], review: Review, steps: Sequence[tuple[int, Mappings]], version: int
) -> dict[str, str]:
    found = {}
    for question in questions:
        value = review.answers.get(question.key)
        for number, mappings in steps:
            if number > version and question.key in mappings:
                value = _mapped(value, mappings[question.key])
        rating = None if value is None else question.rating(_typed(question, value))
        if rating is not None:
            found[question.key] = rating
    return found


def _mapped(value: Any, mapping: Any) -> Any:
    if isinstance(value, list):
        return list(dict.fromkeys(mapping.get(one, one) for one in value))
    return mapping.get(str(value), value)


def _typed(question: Question, value: Any) -> Any:
    """Mapped values are codes; those of a rating are numbers."""
    is_number = question.kind == "rating" and isinstance(value, str) and value.isdecimal()
    return int(value) if is_number else value
