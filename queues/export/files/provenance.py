"""The sidecar of a release: how each record came to be. It never enters the training rows."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from queues.export.queries import Found
from queues.export.row import Record
from queues.models import ExportKey, FormVersion


@dataclass(frozen=True, slots=True)
class Names:
    """What a project's provenance needs to name people and forms without telling who they are."""

    secret: bytes
    forms: Mapping[int, int]  # form version's id → its number in its queue

    def pseudonym(self, person_id: int) -> str:
        """Stable inside the project, different in every other."""
        return _pseudonym(self.secret, person_id)


@lru_cache(maxsize=10_000)
def _pseudonym(secret: bytes, person_id: int) -> str:
    return "rv_" + hmac.new(secret, str(person_id).encode(), "sha256").hexdigest()[:16]


def names_of(project_id: int) -> Names:
    """The project's export key (made when there is none) and form versions."""
    key, _made = ExportKey.objects.get_or_create(
        project_id=project_id, defaults={"secret": secrets.token_hex(32)}
    )
    forms = FormVersion.objects.filter(queue__project=project_id).values_list("pk", "version")
    return Names(bytes.fromhex(key.secret), dict(forms))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: its line, from 1, in the file of its split."""

    split: str
    line: int
    record_sha256: str


def provenance_of(found: Found, place: Place, *, names: Names) -> Record:
    """One line of provenance.jsonl; weight = 1/pi makes rates over all traffic unbiased."""
    row, lineage = found.row, found.lineage
    if lineage is None:
        raise ValueError("read verdicts with_lineage to tell their provenance")
    adjudicator = names.pseudonym(lineage.decided_by) if lineage.decided_by else None
    return {
        "line": place.line,
        "split": place.split,
        "record_id": row.record_id,
        "record_sha256": place.record_sha256,
        "prediction_ids": [row.prediction_id],
        "environment": row.environment,
        "model_version": row.model_version,
        "locale": row.locale or None,
        "queue": row.queue,
        "item": row.item,
        "verdict": row.verdict,
        "decision": row.decision,
        "basis": row.basis,
        "decided_at": lineage.decided_at.isoformat(),
        "reviews": list(lineage.review_ids),
        "reviewers": [names.pseudonym(person) for person in lineage.reviewer_ids],
        "adjudicator": adjudicator,
        "form_versions": sorted({names.forms[form] for form in lineage.form_ids if form in names.forms}),
        "rules": [reason.get("rule") for reason in lineage.reasons],
        "policy_version": lineage.policy_version,
        "pi": lineage.pi,
        "weight": 1 / lineage.pi if lineage.pi else None,
    }
