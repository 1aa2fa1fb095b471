"""A small real history: people lease, review, disagree; the lead settles; a release is published.

Everything goes through the actions that the pages use. A run that was cut short is taken up where it
stopped; what visitors have done since is left alone.
"""

from collections.abc import Callable, Iterator
from typing import Any

from accounts.actor import Actor
from accounts.models import Person, Project
from queues import pipeline
from queues.assign import actions as assign
from queues.export import actions as export
from queues.management.demo import careful, sources
from queues.models import Dataset, Item, ItemState, Queue, Release, Review, Verdict
from queues.review import actions as review
from queues.review import form as forms

ANSWERS_BY = {"ben": 75, "ann": 65}
SAFETY_PAIRS = 24
DISPUTED_PAIRS = frozenset({2, 5, 7})
LEFT_FOR_THE_LEAD = 2
DATASETS = {
    "answer-preferences": (
        "Corrected answers, as preference pairs",
        "trl_dpo",
        {"decisions": ["correct"]},
    ),
    "good-answers": ("Good answers, for fine-tuning", "trl_sft", {"decisions": ["approve", "correct"]}),
}
RELEASED = "answer-preferences"


class History:
    """The people of the demo at work on its queues."""

    def __init__(self, project: Project, queues: dict[str, Queue], people: dict[str, Person]) -> None:
        self.project, self.queues, self.people = project, queues, people
        self.key: dict[str, dict[str, str]] = sources.document("answers.json")
        form_id = queues["safety"].form_id
        self.safety_reasons = forms.of_version(form_id).reason_values if form_id else frozenset()

    def play(self) -> Iterator[str]:
        """Do what is missing; say each finished step in a sentence."""
        for name, turns in ANSWERS_BY.items():
            done = self._reviews(name, "answers")
            for turn in range(done, turns):
                self._review_answer(name, turn)
            yield f"{self.people[name].name} has reviewed {max(done, turns)} answers"
        for turn in range(SAFETY_PAIRS):
            for name in ("ann", "ben"):
                if self._reviews(name, "safety") <= turn:
                    self._review_safety(name, turn)
        yield f"Ann and Ben have both read {SAFETY_PAIRS} answers that a filter flagged"
        self._settle_disputes()
        yield f"{self.people['lee'].name} has settled a dispute, {LEFT_FOR_THE_LEAD} are left"
        self._release()
        yield f"{self.people['mia'].name} has published a release of {RELEASED}"

    def _reviews(self, name: str, slug: str) -> int:
        return Review.objects.filter(
            person=self.people[name], item__queue=self.queues[slug], withdrawn_at=None
        ).count()

    def _review_answer(self, name: str, turn: int) -> None:
        self._review(name, "answers", lambda key: careful.of_answer(key, turn=turn))

    def _review_safety(self, name: str, turn: int) -> None:
        disagrees = name == "ben" and turn in DISPUTED_PAIRS

        def say(key: dict[str, str]) -> dict[str, Any]:
            if disagrees:
                return careful.in_doubt(key)
            return careful.of_safety(key, known_reasons=self.safety_reasons)

        self._review(name, "safety", say)

    def _review(self, name: str, slug: str, say: Callable[[dict[str, str]], dict[str, Any]]) -> None:
        """Lease the next item and submit what `say` makes of its entry in the answer key."""
        by = Actor(self.people[name].pk)
        lease = assign.lease_next(self.queues[slug], by=by)
        if lease is None:
            return
        item = Item.objects.select_related("prediction").get(pk=lease.item_id)
        key = self.key.get(item.prediction.prediction_id)
        if key is None:  # somebody else's prediction: not ours to judge
            assign.give_back(lease.slot_id, token=lease.token, by=by)
            return
        pipeline.submit(
            lease.slot_id,
            project=self.project,
            token=lease.token,
            by=by,
            submission=say(key),
            unveiled=True,
        )

    def _settle_disputes(self) -> None:
        if Verdict.objects.filter(queue__project=self.project, basis="adjudicated").exists():
            return
        disputed = Item.objects.filter(queue__project=self.project, state=ItemState.DISPUTED).order_by("pk")
        for item in disputed[: max(0, disputed.count() - LEFT_FOR_THE_LEAD)]:
            chosen = Review.objects.filter(item=item, withdrawn_at=None).earliest("pk")
            document = review.document_of(chosen)
            pipeline.settle_by_lead(
                item.pk,
                project=self.project,
                by=Actor(self.people["lee"].pk),
                document=document,
                why="The safe answer can be written from the page, so it is better to give it.",
            )

    def _release(self) -> None:
        by = Actor(self.people["mia"].pk)
        for name, (title, format_name, wanted) in DATASETS.items():
            if not Dataset.objects.filter(project=self.project, name=name).exists():
                export.create_dataset(
                    self.project, name=name, title=title, format_name=format_name, wanted=wanted, by=by
                )
        dataset = Dataset.objects.get(project=self.project, name=RELEASED)
        if not Release.objects.filter(dataset=dataset).exists():
            _release, job = export.publish(dataset, notes="The first corrections, for a first look.", by=by)
            pipeline.run_job(job.pk)
