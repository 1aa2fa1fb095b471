"""What the lead knows before anything arrives: golden items, and a list of words."""

from accounts.actor import Actor
from accounts.models import Project
from queues.curate.golden import actions as golden
from queues.curate.golden.record import check
from queues.management.demo import sources
from queues.models import WordList
from queues.score import lists

PROMISES = "promises"
WHY_GOLDEN = "Questions whose answer stands on our own pages: a model must not get them wrong."
WHY_PROMISES = "What nobody may promise in our name. A person reads each answer that says it."


def ensure_golden(project: Project, *, by: Actor) -> None:
    """Each golden item in its first version; what somebody has changed or retired since stays so."""
    records = [check(record) for record in sources.records("golden.jsonl")]
    golden.store(project.pk, records, by=by, reason=WHY_GOLDEN)


def ensure_promises(project: Project, *, by: Actor) -> None:
    """The list in force; one that somebody has changed or switched off since stays so."""
    if not WordList.objects.filter(project=project, name=PROMISES).exists():
        document = sources.document("lists/promises.json")
        stored = lists.new_version(project.pk, PROMISES, document=document, by=by, reason=WHY_PROMISES)
        lists.activate(project.pk, PROMISES, stored.version, by=by, reason=WHY_PROMISES)
