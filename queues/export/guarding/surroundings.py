"""What the guards of a walk are told: the dataset's rules, the protected texts, and how much may stay."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import fields, replace
from typing import Any

import numpy as np

from queues.export import queries
from queues.export.definition.understood import Definition
from queues.export.formats import Format
from queues.export.guarding import protected
from queues.export.guarding.caps import kept_under
from queues.export.guarding.directions import AT_LEAST
from queues.export.guarding.hits import Hits
from queues.export.guarding.protected import ProtectedTexts
from queues.export.guarding.reviewers import unreliable_for
from queues.export.guarding.walk import Guarded
from queues.export.guards import Surroundings
from queues.export.guards.origin import drawn
from queues.export.queries import Found
from queues.export.row import Excluded
from queues.export.splitting import Groups
from queues.models import Part
from queues.score import vectors
from queues.score.own_encoder import own_encoder
from queues.score.vectors import Space


def surroundings_of(
    definition: Definition, texts: ProtectedTexts, tested: ProtectedTexts, only: Sequence[int] | None = None
) -> Surroundings:
    """texts: golden questions; tested: what left to validate or test with; only: keys of groups at hand."""
    rules, scope = definition.rules, definition.format.scope
    settings = {f.name: getattr(rules, f.name) for f in fields(rules)}
    if only is not None:  # a page, which must not wait for what is merely near
        settings["near_duplicates"] = "ignore"
    groups = Groups(
        definition.project_id,
        definition.dataset_id,
        definition.splits,
        main=definition.format.split,
        only=only,
    )
    return Surroundings(scope, settings, texts, tested, groups)


def walks(definition: Definition) -> int:
    """How often all rows are walked: where origins have caps, what may stay depends on all of them."""
    return 2 if definition.rules.caps and definition.format.scope == "train" else 1


def prepared(
    definition: Definition, saw: Callable[[], object] = lambda: None
) -> tuple[Surroundings, Space | None]:
    """For a walk over all rows; with where the vectors of prompts are, None when none are held against any.

    Where there are two walks the first is here; saw: called at each of its rows.
    """
    project_id, format_, rules = definition.project_id, definition.format, definition.rules
    trains = format_.scope == "train"
    texts = protected.texts_of(project_id) if trains else protected.no_texts()
    tested = protected.tested_texts_of(project_id) if trains else protected.no_texts()
    around = surroundings_of(definition, texts, tested)
    space = _vectors_for(project_id, around)
    around = replace(around, encoder=_encoder_of(texts) if space is not None else None)
    if walks(definition) > 1:
        verdicts = queries.verdicts_of(
            project_id,
            definition.filter,
            scope=format_.scope,
            vectors=space,
            unreliable=unreliable_for(definition),
        )
        with closing(verdicts):
            around, space = capped(verdicts, format_, around, rules.caps, saw), None
    return around, space


def _vectors_for(project_id: int, around: Surroundings) -> Space | None:
    encoder = own_encoder()
    if not around.texts.has_vectors or encoder is None or not vectors.are_kept():
        return None
    return vectors.space_of(project_id, encoder, Part.INPUT)


def _encoder_of(texts: ProtectedTexts) -> Mapping[str, Any] | None:
    """Whose vectors are compared, and how much it can tell: without it nobody knows what was looked for."""
    encoder = own_encoder()
    if encoder is None:
        return None
    return {
        "name": encoder.name,
        "is_semantic": encoder.is_semantic,
        "at_least": AT_LEAST,
        "golden_questions": texts.vectors,
    }


def capped(
    verdicts: Iterable[Found],
    format_: Format,
    around: Surroundings,
    shares: Mapping[str, float],
    saw: Callable[[], object] = lambda: None,
) -> Surroundings:
    """With the largest draw of each origin that stays under the caps, from a first walk over all rows, and
    what their guards found there: the next walk must be over the same rows, and asks for no text again.
    """
    hits = Hits()
    guarded = Guarded(format_, around, keep=hits)
    draws: defaultdict[str, array[float]] = defaultdict(lambda: array("d"))
    for found, record in guarded.passed(verdicts):
        saw()
        if not isinstance(record, Excluded):
            draws[guarded.origin].append(drawn(found.row.record_id))
    keep = kept_under({origin: len(drawn_) for origin, drawn_ in draws.items()}, shares)
    limits = {
        origin: _smallest(draws[origin], keep[origin]) if keep[origin] else -1.0
        for origin in shares
        if origin in draws and keep[origin] < len(draws[origin])
    }
    nothing = protected.no_texts()
    return replace(around, kept=limits, hits=hits, texts=nothing, tested=nothing)


def _smallest(draws: "array[float]", which: int) -> float:
    """The smallest is the first; without a float of its own for each of a million."""
    return float(np.partition(np.frombuffer(draws), which - 1)[which - 1])
