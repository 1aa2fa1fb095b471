"""New versions of a queue's dispute rule; a version never changes, and what is settled stays settled."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from accounts.json_pointer import escaped
from queues.agree.rule import FOR_QUESTIONS, K_OF_N, Rule
from queues.errors import Fault, Invalid, NotFound, WrongState
from queues.models import DisputeRule, Queue
from queues.models.dispute_rule import Needs
from queues.reasons import faults_of_reason
from queues.review import form as forms

K_MIN, K_MAX = 2, 20
REASON_MAX = 2_000
DEFAULT = Rule()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A rule as somebody asks for it, and why. seen: the version that they had before them, 0 for none."""

    rule: Rule
    reason: str
    seen: int


@transaction.atomic
def new_version(queue_id: int, *, project_id: int, by: Actor, wanted: Wanted) -> DisputeRule:
    """Make this the queue's rule for reviews from now on; open disputes stay with the lead.

    Raises Invalid with every fault, and WrongState when somebody else has changed the rule meanwhile.
    """
    queue = (
        Queue.objects.select_for_update(of=("self",))
        .select_related("dispute_rule")
        .filter(pk=queue_id, project=project_id)
        .first()
    )
    if queue is None:
        raise NotFound(_("There is no such queue in this project."))
    before = queue.dispute_rule
    if wanted.seen != (before.version if before else 0):
        raise WrongState(
            _("The rule was changed since you opened it. Look at what holds now, then send your change.")
        )
    why = faults_of_reason(wanted.reason, most=REASON_MAX, missing=_("Say why the rule changes."))
    if faults := [*_faults(wanted.rule, queue), *why]:
        raise Invalid(_("The rule was not changed: see the marked places."), faults)
    fields = asdict(wanted.rule)
    version = DisputeRule.objects.create(
        queue=queue, version=wanted.seen + 1, author_id=by.person_id, reason=wanted.reason, **fields
    )
    Queue.objects.filter(pk=queue.pk).update(dispute_rule=version)
    events.record(
        project_id=project_id,
        kind="dispute_rule.changed",
        by=by,
        subject_kind="queue",
        subject_id=queue.pk,
        before=asdict(rule_of(before)) if before else None,
        after={"version": version.version, **fields},
        reason=wanted.reason,
    )
    return version


@lru_cache(maxsize=512)
def of_version(rule_id: int | None) -> Rule:
    """The rule of a stored version, or the default; cached for good, since a version never changes."""
    return DEFAULT if rule_id is None else rule_of(DisputeRule.objects.get(pk=rule_id))


def rule_of(version: DisputeRule) -> Rule:
    """A stored version as a rule."""
    return Rule(
        needs=version.needs,
        at_least=version.at_least,
        by_question=version.by_question,
        asks_lead_always=version.asks_lead_always,
        asks_lead_for_safety=version.asks_lead_for_safety,
        asks_lead_for_golden=version.asks_lead_for_golden,
    )


def _faults(rule: Rule, queue: Queue) -> list[Fault]:
    return [*_needs_faults(rule), *_question_faults(rule.by_question, queue)]


def _needs_faults(rule: Rule) -> list[Fault]:
    if rule.needs not in Needs.values:
        return [Fault("/needs", "needs.unknown", _("Choose unanimous, majority or k_of_n."))]
    if rule.needs == K_OF_N:
        if rule.at_least is None or not K_MIN <= rule.at_least <= K_MAX:
            return [Fault("/at_least", "at_least.range", _("Give a whole number from 2 to 20."))]
    elif rule.at_least is not None:
        return [Fault("/at_least", "at_least.unused", _("Leave the number out, or choose k_of_n."))]
    return []


def _question_faults(by_question: Mapping[str, str], queue: Queue) -> list[Fault]:
    form_id = queue.form_id
    known = {question.key for question in forms.of_version(form_id).questions} if form_id else set()
    faults = []
    for key, needs in by_question.items():
        place = f"/by_question/{escaped(key)}"
        if key not in known:
            faults.append(Fault(place, "by_question.unknown", _("The queue's form has no such question.")))
        elif needs not in FOR_QUESTIONS:
            faults.append(Fault(place, "by_question.needs", _("Choose unanimous, majority or not_counted.")))
    return faults
