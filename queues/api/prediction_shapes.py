"""A prediction as JSON: one line of a list, the whole of it, and its story."""

from collections.abc import Sequence
from typing import Any

from queues.api.feedback_shapes import feedback_line
from queues.api.pair_shapes import pair_of
from queues.audit.story import Counted, ItemStory, Story
from queues.models import (
    Deviation,
    Flag,
    Prediction,
    ReleaseRow,
    Review,
    Routing,
    Scores,
    SecondLook,
    Slot,
    Verdict,
)
from queues.models.release import OUT


def prediction_line(prediction: Prediction) -> dict[str, Any]:
    """What the narrow table knows; the record itself is one request away."""
    return {
        "id": prediction.pk,
        "prediction_id": prediction.prediction_id,
        "environment": prediction.environment,
        "state": prediction.state,
        "model_version": prediction.model_version,
        "locale": prediction.locale,
        "segment": prediction.segment,
        "altered": prediction.altered,
        "content_sha256": bytes(prediction.content_hash).hex(),
        "occurred_at": prediction.occurred_at,
        "received_at": prediction.received_at,
    }


def full_prediction(story: Story) -> dict[str, Any]:
    """One prediction: the record exactly as it was stored, and what was computed from it."""
    payload = story.prediction.payload
    return prediction_line(story.prediction) | {
        "record": payload.record if payload.erased_at is None else None,
        "erased_at": payload.erased_at,
        "scores": _scores(story.scores),
        "routing": _routing(story.routing),
        "second_looks": [_second_look(look) for look in story.second_looks],
        "pi": story.pi,
        "counted_on": _counted(story.counted),
        "flags": [_flag(flag) for flag in story.flags],
    }


def story_shape(story: Story) -> dict[str, Any]:
    """What became of one prediction: arrival, scores, routing, items, people, releases, and the log."""
    releases = _releases([item.item.pk for item in story.items])
    return {
        "prediction": prediction_line(story.prediction),
        "scores": _scores(story.scores),
        "routing": _routing(story.routing),
        "second_looks": [_second_look(look) for look in story.second_looks],
        "pi": story.pi,
        "counted_on": _counted(story.counted),
        "flags": [_flag(flag) for flag in story.flags],
        "deviation": _deviation(story.deviation),
        "feedback": [
            feedback_line(one) | {"counts": counts}
            for counts, found in ((True, story.feedback.counted), (False, story.feedback.earlier))
            for one in found
        ],
        "items": [_item(item) | {"releases": releases.get(item.item.pk, [])} for item in story.items],
        "events": [
            {
                "id": event.pk,
                "at": event.at,
                "kind": event.kind,
                "person": event.actor_person_id,
                "key": event.actor_key_id,
                "subject": f"{event.subject_kind}/{event.subject_id}",
                "before": event.before,
                "after": event.after,
                "reason": event.reason,
            }
            for event in story.events
        ],
    }


def _scores(scores: Scores | None) -> dict[str, Any] | None:
    if scores is None:
        return None
    return {"values": scores.values, "missing": scores.missing, "scored_at": scores.scored_at}


def _routing(routing: Routing | None) -> dict[str, Any] | None:
    if routing is None:
        return None
    return {
        "policy": routing.policy.version,
        "pi": routing.pi,
        "reasons": routing.reasons,
        "routed_at": routing.routed_at,
    }


def _deviation(deviation: Deviation | None) -> dict[str, Any] | None:
    if deviation is None:
        return None
    version = deviation.version
    return {
        "golden": {"id": version.golden_id, "version": version.version} if version else None,
        "matched_by": deviation.matched_by,
        "deviates": deviation.deviates,
        "distance": deviation.distance,
        "why": deviation.why,
        "compared_at": deviation.compared_at,
    }


def _second_look(look: SecondLook) -> dict[str, Any]:
    """changed: what had become known, as rules ask for it. reasons: [] where a draw did not pick it."""
    return {
        "policy": look.policy.version,
        "changed": look.changed,
        "pi": look.pi,
        "reasons": look.reasons,
        "looked_at": look.looked_at,
    }


def _counted(counted: Counted | None) -> dict[str, Any] | None:
    """The item that says the same and is reviewed instead; verdict: once it is settled."""
    if counted is None:
        return None
    return {
        "item": counted.item.pk,
        "prediction": counted.item.prediction_id,
        "prediction_id": counted.item.prediction.prediction_id,
        "queue": counted.item.queue.slug,
        "state": counted.item.state,
        "similarity": counted.similarity,
        "verdict": _verdict(counted.verdict) if counted.verdict else None,
    }


def _flag(flag: Flag) -> dict[str, Any]:
    return {
        "component": flag.component,
        "component_version": flag.component_version,
        "taxonomy": flag.taxonomy,
        "category": flag.category,
        "score": flag.score,
        "threshold": flag.threshold,
        "flagged": flag.flagged,
        "severity": flag.severity,
        "target": flag.target,
        "verdict": flag.verdict,
        "action": flag.action,
        "span": flag.span,
    }


def _item(story: ItemStory) -> dict[str, Any]:
    """hidden: the caller holds a lease on this item, so what others said stays out of sight."""
    item = story.item
    return {
        "id": item.pk,
        "queue": {"id": item.queue.pk, "slug": item.queue.slug, "name": item.queue.name},
        "state": item.state,
        "priority": item.priority,
        "due_at": item.due_at,
        "created_at": item.created_at,
        "settled_at": item.settled_at,
        "hidden": story.is_hidden,
        "other": item.other_id,
        "pair": _pair(story),
        "attached": story.attached,
        "newest_attached": [prediction.pk for prediction in story.newest_attached],
        "slots": [_slot(slot) for slot in story.slots],
        "reviews": [_review(review) for review in story.reviews],
        "verdicts": [_verdict(verdict) for verdict in story.verdicts],
    }


def _pair(story: ItemStory) -> list[dict[str, Any]] | None:
    told = [story.item.pk] if story.sides else []
    shown = pair_of(story.item, told, with_texts=True)
    return None if shown is None else [side.model_dump() for side in shown]


def _slot(slot: Slot) -> dict[str, Any]:
    return {
        "id": slot.pk,
        "seq": slot.seq,
        "state": slot.state,
        "person": slot.person_id,
        "leased_at": slot.leased_at,
        "lease_until": slot.lease_until,
    }


def _review(review: Review) -> dict[str, Any]:
    return {
        "id": review.pk,
        "person": review.person_id,
        "decision": review.decision,
        "reasons": review.reasons,
        "answers": review.answers,
        "corrected_text": review.corrected_text,
        "note": review.note,
        "form": review.form.version,
        "submitted_at": review.submitted_at,
        "withdrawn_at": review.withdrawn_at,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "id": verdict.pk,
        "decision": verdict.decision,
        "basis": verdict.basis,
        "reasons": verdict.reasons,
        "answers": verdict.answers,
        "corrected_text": verdict.corrected_text,
        "why": verdict.why,
        "decided_by": verdict.decided_by_id,
        "created_at": verdict.created_at,
        "withdrawn_at": verdict.withdrawn_at,
    }


def _releases(item_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The published releases that contain these items, by item."""
    rows = ReleaseRow.objects.filter(item__in=item_ids, release__state__in=OUT).order_by("release")
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows.select_related("release__dataset"):
        release = row.release
        named = {
            "dataset": release.dataset.name,
            "version": release.version,
            "split": row.split,
            "line": row.line,
        }
        found.setdefault(row.item_id, []).append(named)
    return found
