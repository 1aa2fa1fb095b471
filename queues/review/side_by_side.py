"""Reviews of one item beside each other, also where the form changed between them.

Only what every one of them was asked can be compared; values of an older version are put as the mappings
of the later ones say (`queues.review.comparability`).
"""

from collections.abc import Sequence
from typing import Any

from queues.models import Review
from queues.review import form as forms
from queues.review import form_history
from queues.review.form_history import History
from queues.review.question import Question


def ratings_of(reviews: Sequence[Review]) -> list[dict[str, str]]:
    """Per review: question → the string under which its answer is compared. Texts and places are left out.

    One statement more where the reviews were given under different versions of the form.
    """
    shown = {review.form_id for review in reviews}
    if len(shown) < 2:
        return [_own_ratings(review) for review in reviews]
    history = form_history.of_form(reviews[0].form_id)
    newest = max(shown, key=lambda form_id: history.numbers[form_id])
    asked_of_all = [{q.key for q in forms.of_version(form_id).questions} for form_id in shown]
    common = [
        question
        for question in forms.of_version(newest).questions
        if question.settles and all(question.key in asked for asked in asked_of_all)
    ]
    return [_ratings_in(common, review, history, newest) for review in reviews]


def newest_form(reviews: Sequence[Review]) -> int:
    """The newest version of the form under which one of these reviews was given."""
    shown = {review.form_id for review in reviews}
    return next(iter(shown)) if len(shown) == 1 else max(shown, key=form_history.number_of)


def answers_of(reviews: Sequence[Review]) -> list[dict[str, Any]]:
    """Per review: its answers as answers to `newest_form`; what that version does not ask is left out.

    One statement more where the reviews were given under different versions of the form.
    """
    if len({review.form_id for review in reviews}) == 1:
        return [dict(review.answers) for review in reviews]
    newest, history = newest_form(reviews), form_history.of_form(reviews[0].form_id)
    questions = forms.of_version(newest).questions
    return [_put(questions, review, history, newest) for review in reviews]


def _own_ratings(review: Review) -> dict[str, str]:
    form = forms.of_version(review.form_id)
    return form.ratings(form.closed(review.answers))


def _put(questions: Sequence[Question], review: Review, history: History, newest: int) -> dict[str, Any]:
    since, until = history.numbers[review.form_id], history.numbers[newest]
    return {
        question.key: history.put(question, review.answers[question.key], since=since, until=until)
        for question in questions
        if review.answers.get(question.key) is not None
    }


def _ratings_in(
    questions: Sequence[Question], review: Review, history: History, newest: int
) -> dict[str, str]:
    found = {}
    for question in questions:
        value = _put([question], review, history, newest).get(question.key)
        rating = None if value is None else question.rating(value)
        if rating is not None:
            found[question.key] = rating
    return found
