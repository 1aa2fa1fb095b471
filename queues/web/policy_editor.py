"""What the editor of a policy shows of a draft."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.gate import ProjectRequest
from queues.errors import Fault, Invalid
from queues.ingest import queries as ingest
from queues.models import PolicyDraft, Queue
from queues.route import queries
from queues.route.changes import changes
from queues.route.policy_document import parse
from queues.route.soundness import warnings_of
from queues.web.policy import LASTS
from queues.web.policy_changes import in_words
from queues.web.policy_text import line_of, text_of
from queues.web.rule_forms.controls import Looks
from queues.web.rule_forms.shown import kinds_shown, open_controls, rules_shown
from queues.web.sentences import attribute


def editor_context(
    request: ProjectRequest, draft: PolicyDraft, *, open_place: int | None, may_edit: bool
) -> dict[str, Any]:
    """The template's values of one draft."""
    faults, warnings = _looked_at(request.project.pk, draft.document)
    queues = list(Queue.objects.filter(project=request.project, archived_at=None).values_list("slug", "name"))
    looks = Looks(faults, warnings, queues)
    active = queries.versions(request.project.pk).filter(is_active=True).first()
    rules = rules_shown(draft.document, looks, open_place=open_place if may_edit else None)
    return {
        "draft": draft,
        "is_new": draft.pk is None,
        "rules": rules,
        "controls": open_controls(rules),
        "open": open_place,
        "kinds": kinds_shown(),
        "may_edit": may_edit,
        "faults": faults,
        "general_faults": [fault for fault in faults if not _is_of_a_rule(fault, rules)],
        "general_warnings": [fault for fault in warnings if not _is_of_a_rule(fault, rules)],
        "active": active,
        "is_behind": active is not None and draft.pk is not None and draft.base_version != active.version,
        "changes": in_words(changes(active.document if active else {}, draft.document)) if draft.pk else [],
        "suggestions": _suggestions(request.project.pk) if may_edit else {},
        "has_queues": bool(queues),
        "text": text_of(draft.document),
        "lines": [(line_of(draft.document, fault.pointer), fault) for fault in faults],
        "lasts": LASTS,
    }


def _looked_at(project_id: int, document: Mapping[str, Any]) -> tuple[Sequence[Fault], Sequence[Fault]]:
    """What is wrong with it; when nothing is, what is surprising."""
    try:
        parsed = parse(document)
    except Invalid as error:
        return error.faults, ()
    found = warnings_of(project_id, parsed)
    unknown = [fault for fault in found if fault.code == "policy.queue_unknown"]
    return unknown, [fault for fault in found if fault not in unknown]


def _is_of_a_rule(fault: Fault, rules: Sequence[object]) -> bool:
    steps = fault.pointer.split("/")
    return len(steps) > 2 and steps[1] == "rules" and steps[2].isdigit() and int(steps[2]) < len(rules)


def _suggestions(project_id: int) -> dict[str, list[str]]:
    """What the controls offer to choose from, by the name that their words give."""
    return {
        "attributes": [*attribute.NAMES],
        "model_versions": ingest.model_versions_in_use(project_id),
    }
