"""Hidden checks of the demo: known answers among the work, some of which Ann and Ben have met already."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.actor import Actor
from accounts.models import Person, Project
from queues import reviewing
from queues.assign import actions as assign
from queues.assign import policy
from queues.assign import queues as settings
from queues.curate.checks import actions as checks
from queues.curate.checks.serving import serve
from queues.management.demo import pace, sources
from queues.management.demo.leanings import NEXT_TO
from queues.models import Check, Deviation, ItemState, Purpose, Queue, ServedCheck, Verdict

RATE = 0.05
OF_EACH = 6  # checks of answers that each of the two reviewed, for the other
MISSED = {"ann": 3, "ben": 1}  # which of the checks that they are given they get wrong
ASKS = ("ben", 4, "The page names two periods. Which of them do we promise?")
WHY = {
    "": "All that it says stands on the page that was shown, and nothing is missing.",
    "factual": "The page that was shown says otherwise.",
    "outdated": "It was so before; the page that was shown has the present rule.",
    "vague": "It names neither the step nor the time, and the page has both.",
    "incomplete": "A step that the page names is missing, and without it the customer is stuck.",
    "tone": "What it says is right, but nobody should be spoken to like this.",
    "unsafe": "Who follows it gets hurt: such advice never goes out.",
    "privacy": "It tells one customer what belongs to another.",
}
_ELSE = "It cannot go out like this, by the guideline of the queue."


def ensure_checks(project: Project, queue: Queue, people: Mapping[str, Person], *, by: Actor) -> None:
    """All of it or nothing, once; what visitors have made of the checks since is left alone."""
    with transaction.atomic():
        if Check.objects.filter(queue=queue).exists():
            return
        key = sources.document("answers.json")
        for name in ("ann", "ben"):
            _make(project, queue, people[name], key, by=by)
        for name in ("ann", "ben"):
            for turn in range(OF_EACH):
                _meet(project, queue, people[name], name, turn, key)
        queue.refresh_from_db()
        settings.change_settings(
            queue.pk, version=queue.version, project_id=project.pk, by=by, check_rate=RATE
        )


def _make(project: Project, queue: Queue, person: Person, key: Mapping[str, Any], *, by: Actor) -> None:
    """Checks of what this person alone reviewed, so that the other can be given them.

    Under the present form; golden ones first, then the newest.
    """
    golden = Deviation.objects.filter(prediction=OuterRef("item__prediction"), version__isnull=False)
    found = Verdict.objects.filter(
        queue=queue,
        basis="single",
        withdrawn_at=None,
        item__state=ItemState.SETTLED,
        review__person=person,
        review__form=queue.form_id,
    )
    found = found.annotate(has_golden=Exists(golden)).select_related("item__prediction")
    for verdict in found.order_by("-has_golden", "-pk")[:OF_EACH]:
        fault = key.get(verdict.item.prediction.prediction_id, {}).get("fault", "")
        checks.make(verdict.item_id, project_id=project.pk, by=by, why=WHY.get(fault, _ELSE))


def _meet(
    project: Project, queue: Queue, person: Person, name: str, turn: int, key: Mapping[str, Any]
) -> None:
    """Give this person a check and have it answered, as if it had been drawn."""
    by = Actor(person.pk)
    fit = policy.check_may_work(queue, person.pk)
    if not serve(queue, by=by, fit=fit, purpose=Purpose.HIDDEN, ahead=False):
        return
    lease = assign.lease_next(queue, by=by)
    if lease is None:
        return
    given = ServedCheck.objects.select_related("check_given__source__prediction__payload").get(
        item=lease.item_id
    )
    check = given.check_given
    pace.spend(lease.slot_id, name, check.source.prediction)
    fault = key.get(check.source.prediction.prediction_id, {}).get("fault", "")
    reviewing.submit(
        lease.slot_id,
        project=project,
        token=lease.token,
        by=by,
        submission=_said(check, fault, name, turn),
        unveiled=True,
    )


def _said(check: Check, fault: str, name: str, turn: int) -> dict[str, Any]:
    """What is expected, but for one slip each and one question."""
    if (name, turn) == ASKS[:2]:
        return {"decision": "escalate", "note": ASKS[2]}
    # The slip is in the answer, not in the decision: any decision may need more than is known here.
    is_slip = MISSED[name] == turn
    answers = (
        {**check.answers, "supported": NEXT_TO[check.answers["supported"]]} if is_slip else check.answers
    )
    reasons = [] if check.decision == "approve" else [fault or "vague"]
    text = {} if check.corrected_text is None else {"corrected_text": check.corrected_text}
    return {"decision": check.decision, "answers": answers, "reasons": reasons, **text}
