"""What the history makes worth seeing: measures weighed by its labels, and a proposal tried out."""

from typing import Any

from accounts.actor import Actor
from accounts.models import Project
from queues import jobs
from queues.management.demo import sources
from queues.models import DryRun, Job, Policy
from queues.monitor import actions as monitor
from queues.monitor import refits
from queues.route import policies
from queues.route.dry_run import asking

LAST = 1_000  # predictions of the dry run: more than the demo has


def ensure_weighed(project: Project, *, by: Actor) -> None:
    """One refit of the curves, and what each measure is worth; later ones come as labels do."""
    if not Job.objects.filter(project=project, kind=refits.KIND).exists():
        jobs.run_job(monitor.ask_for_refit(project.pk, by=by).pk)


def ensure_proposal(project: Project, *, by: Actor) -> None:
    """A second version that is not in force, with a finished dry run."""
    proposal = sources.document("proposal.json")
    stored = Policy.objects.filter(project=project, reason=proposal["reason"]).first()
    if stored is None:
        document = changed(sources.document("policy.json"), proposal["changes"])
        stored = policies.new_version(project.pk, document=document, by=by, reason=proposal["reason"])
    if not DryRun.objects.filter(project=project, policy=stored).exists():
        asked = asking.ask(project.pk, last=LAST, version=stored.version, by=by)
        if asked.job is not None:
            jobs.run_job(asked.job.pk)


def changed(document: dict[str, Any], changes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The policy with other values in the rules of these names."""
    return document | {"rules": [rule | changes.get(rule["name"], {}) for rule in document["rules"]]}
