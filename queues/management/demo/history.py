"""A small real history: people lease, review, disagree; the lead settles; a release is published.

Everything goes through the actions that the pages use; only how long a review took is said, not waited for.
A run that was cut short is taken up where it stopped; what visitors have done since is left alone.
"""

from collections.abc import Callable, Iterator
from typing import Any

from accounts.actor import Actor
from accounts.models import Person, Project
from queues import jobs, pipeline, reviewing
from queues.assign import actions as assign
from queues.export import actions as export
from queues.management.demo import careful, desk, leanings, pace, sources
from queues.models import Dataset, Item, ItemState, Queue, Release, Review, Verdict
from queues.review import form as forms
from queues.route.reasons import is_flagged

ANSWERS = 140  # items of the queue of answers
EXPLAINED_AT = 60  # from this one on the guideline explains what "supported" means
# Who reads an answer first, and who second where chance drew a second review; in turns.
TURNS = (("ann", "cem"), ("ben", "cem"), ("cem", "ben"), ("ben", "ann"), ("ann", "cem"))
SAFETY_FLAGGED = 52  # all that the filters objected to: Ann has read them, Ben all but the last
SAFETY_HALF = 6  # of these wait for a second reader
SAFETY_DRAWN = 50  # of what chance drew beside them, read by Ann alone; the rest waits
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

Say = Callable[[Item, dict[str, str]], dict[str, Any]]
"""An item and the entry of its prediction in the answer key → what is submitted."""


class History:
    """The people of the demo at work on its queues."""

    def __init__(self, project: Project, queues: dict[str, Queue], people: dict[str, Person]) -> None:
        self.project, self.queues, self.people = project, queues, people
        self.key: dict[str, dict[str, str]] = sources.document("answers.json")
        form_id = queues["safety"].form_id
        self.safety_reasons = forms.of_version(form_id).reason_values if form_id else frozenset()

    def play(self) -> Iterator[str]:
        """Do what is missing; say each finished step in a sentence."""
        for turn in range(self._reviewed("answers"), ANSWERS):
            if turn == EXPLAINED_AT:
                desk.explain(self.queues["answers"], by=Actor(self.people["lee"].pk))
            self._review_answer(turn)
        yield f"Ann, Ben and Cem have reviewed {ANSWERS} answers, half of them together"
        # What is flagged is more urgent: who has read all of it is given what chance drew.
        both = SAFETY_FLAGGED - SAFETY_HALF
        for name, n in (("ann", SAFETY_FLAGGED), ("ben", both), ("ann", SAFETY_FLAGGED + SAFETY_DRAWN)):
            for turn in range(self._reviews(name, "safety"), n):
                self._review_safety(name, turn)
        yield f"Ann and Ben have both read {both} answers that a filter flagged"
        yield f"Ann has read {SAFETY_DRAWN} answers that chance drew for the audit of the filters"
        self._settle_disputes()
        yield f"{self.people['lee'].name} has settled disputes, {LEFT_FOR_THE_LEAD} are left"
        self._release()
        yield f"{self.people['mia'].name} has published a release of {RELEASED}"

    def _standing(self, slug: str) -> Any:
        return Review.objects.filter(item__queue=self.queues[slug], withdrawn_at=None)

    def _reviewed(self, slug: str) -> int:
        """Items of a queue with a review."""
        return self._standing(slug).values("item").distinct().count()

    def _reviews(self, name: str, slug: str) -> int:
        return self._standing(slug).filter(person=self.people[name]).count()

    def _review_answer(self, turn: int) -> None:
        """By one person, and by a second where the item needs it: started items come first."""
        for name in TURNS[turn % len(TURNS)]:
            item = self._review(name, "answers", self._answer_of(name, turn))
            if item is None or item.state != ItemState.IN_REVIEW:
                return

    def _answer_of(self, name: str, turn: int) -> Say:
        def say(item: Item, key: dict[str, str]) -> dict[str, Any]:
            return leanings.said_by(
                name,
                item.prediction.prediction_id,
                careful.of_answer(key, turn=turn),
                is_explained=turn >= EXPLAINED_AT,
                is_flagged=is_flagged(item.reasons),
            )

        return say

    def _review_safety(self, name: str, turn: int) -> None:
        disagrees = name == "ben" and turn in DISPUTED_PAIRS

        def say(item: Item, key: dict[str, str]) -> dict[str, Any]:
            return careful.in_doubt(key) if disagrees else self._careful(item, key)

        self._review(name, "safety", say)

    def _review(self, name: str, slug: str, say: Say) -> Item | None:
        """Lease the next item and submit what `say` makes of it; the item as it is then."""
        by = Actor(self.people[name].pk)
        lease = assign.lease_next(self.queues[slug], by=by)
        if lease is None:
            return None
        item = Item.objects.select_related("prediction__payload").get(pk=lease.item_id)
        prediction = item.prediction
        key = self.key.get(prediction.prediction_id)
        if key is None:  # somebody else's prediction: not ours to judge
            assign.give_back(lease.slot_id, token=lease.token, by=by)
            return None
        pace.spend(lease.slot_id, name, prediction)
        done = reviewing.submit(
            lease.slot_id,
            project=self.project,
            token=lease.token,
            by=by,
            submission=say(item, key),
            unveiled=True,
        )
        item.state = done.item_state
        return item

    def _settle_disputes(self) -> None:
        """As a careful reader would, all but the newest: some people are upheld, some overruled."""
        if Verdict.objects.filter(queue__project=self.project, basis="adjudicated").exists():
            return
        disputed = Item.objects.filter(queue__project=self.project, state=ItemState.DISPUTED)
        items = list(disputed.select_related("prediction", "queue").order_by("pk"))
        for item in items[: max(0, len(items) - LEFT_FOR_THE_LEAD)]:
            pipeline.settle_by_lead(
                item.pk,
                project=self.project,
                by=Actor(self.people["lee"].pk),
                document=self._right(item),
                why="Held against the pages that were shown, claim by claim.",
                unveiled=True,
            )

    def _right(self, item: Item) -> dict[str, Any]:
        key = self.key[item.prediction.prediction_id]
        return self._careful(item, key) if item.queue.slug == "safety" else careful.of_answer(key, turn=1)

    def _careful(self, item: Item, key: dict[str, str]) -> dict[str, Any]:
        flagged = is_flagged(item.reasons)
        return careful.of_safety(key, known_reasons=self.safety_reasons, is_flagged=flagged)

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
            jobs.run_job(job.pk)
