"""What one change of the form did to agreement on every question: before it, and under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from queues.agree import histogram
from queues.agree import metrics as _shipped  # noqa: F401 - importing it registers the metrics
from queues.agree.asked import Asked, asked_in
from queues.agree.metric import Figure, metrics
from queues.agree.patterns import answers_of
from queues.agree.versions import MOST_VERSIONS, Change, bounded, change_of, guideline_of
from queues.errors import NotFound
from queues.models import FormVersion, Queue
from queues.review import form as forms

_Pair = tuple[FormVersion, FormVersion]


@dataclass(frozen=True, slots=True)
class Side:
    """A question under one version: the coefficient of its level, and the share of equal answers."""

    main: Figure
    percent: Figure


@dataclass(frozen=True, slots=True)
class Moved:
    """One question before and after. change: of the coefficient; same_change: of the share of equal answers.

    is_named: the guideline of this question itself changed, not only that of the whole form.
    """

    asked: Asked
    before: Side
    after: Side
    change: Change | None
    same_change: Change | None
    is_named: bool

    @property
    def _weight(self) -> tuple[bool, bool, float]:
        moved = self.same_change
        return self.is_named, moved is not None and moved.is_sure, abs(moved.difference) if moved else -1.0


@dataclass(frozen=True, slots=True)
class Moves:
    """One change, question by question. others: versions whose change could be asked for as well."""

    before: FormVersion
    form: FormVersion
    lines: Sequence[Moved]
    others: Sequence[int]

    @property
    def most(self) -> Moved:
        """The question that the change is about: which it names, else which surely moved, and most."""
        return max(self.lines, key=lambda line: line._weight)

    @property
    def guidelines(self) -> Sequence[tuple[str, str, str]]:
        """Each guideline that changed: (label of its question, "" of the whole form; before; after)."""
        one, two = forms.of_version(self.before.pk), forms.of_version(self.form.pk)
        told = [("", one.guideline, two.guideline)]
        for question in two.questions:
            earlier = one.question(question.key)
            if earlier is not None:
                told.append((question.label, earlier.guideline, question.guideline))
        return [(label, before, after) for label, before, after in told if before != after]


def moved_by(queue: Queue, *, version: int | None = None, drawn_only: bool = False) -> Moves | None:
    """The change that this version brought; else the newest of a guideline; else the newest.

    None where shared items were reviewed under fewer than two versions; NotFound where none were under this
    one, or before it. Two statements, however many questions.
    """
    counts = histogram.read(queue.pk)
    known = FormVersion.objects.filter(queue=queue, version__in=counts.versions[-MOST_VERSIONS:])
    pairs = list(pairwise(known.select_related("author").order_by("version")))
    if version is None and not pairs:
        return None
    one = _asked_for(pairs, version)
    lines = [_moved(counts, asked, one, drawn_only=drawn_only) for asked in asked_in(queue)[0]]
    return Moves(*one, lines, [after.version for _before, after in pairs if after != one[1]])


def _asked_for(pairs: Sequence[_Pair], version: int | None) -> _Pair:
    wanted = [pair for pair in pairs if version in (None, pair[1].version)]
    if not wanted:
        raise NotFound(_("No shared items were reviewed before and under this version. Choose another one."))
    return next((pair for pair in reversed(wanted) if Moves(*pair, [], []).guidelines), wanted[-1])


def _moved(counts: histogram.Counts, asked: Asked, forms_: _Pair, *, drawn_only: bool) -> Moved:
    before, after = (_side(counts, asked, form.version, drawn_only=drawn_only) for form in forms_)
    one, two = (guideline_of(form, asked.key) for form in forms_)
    change = change_of(before.main, after.main)
    same_change = change_of(bounded(before.percent), bounded(after.percent))
    return Moved(asked, before, after, change, same_change, None not in (one, two) and one != two)


def _side(counts: histogram.Counts, asked: Asked, version: int, *, drawn_only: bool) -> Side:
    told = counts.of(asked, version=version, drawn_only=drawn_only)
    answers = answers_of(told, asked.scale.values)
    return Side(metrics.get(asked.scale.metric)(answers), metrics.get("percent_agreement")(answers))
