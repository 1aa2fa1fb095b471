"""Vectors: what the encoder makes of question and answer, and the scores that need vectors."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import orjson
from django.db import connection, transaction

from queues.ingest.messages import asked_in
from queues.models import EnrichmentKind, Part
from queues.score import golden, golden_likeness, queries, vectors
from queues.score.answers import answers
from queues.score.compute import Scored, embedded_scores_of
from queues.score.detector import Record
from queues.score.encoder import Encoder, Vectors, facts_of
from queues.score.enrichment import Changed, Kind, NotNow, kinds
from queues.score.golden_likeness import Unencoded
from queues.score.own_encoder import own_encoder
from queues.score.vectors import NewVector

log = logging.getLogger(__name__)

# "missing" loses what now has a value, and "values" what no longer has one.
_MERGE = """
    UPDATE queues_scores s SET
      "values" = (s."values" - ARRAY(SELECT jsonb_object_keys(new.missing))) || new."values",
      missing = (s.missing - ARRAY(SELECT jsonb_object_keys(new."values"))) || new.missing
    FROM unnest(%s::bigint[], %s::jsonb[], %s::jsonb[]) AS new (id, "values", missing)
    WHERE s.prediction_id = new.id
"""


@dataclass(frozen=True, slots=True)
class Embedded:
    """What the encoder found for a batch."""

    encoder: Encoder
    vectors: list[NewVector]
    scores: dict[int, Scored]
    records: dict[int, Record]
    golden: dict[Unencoded, Vectors | None]


def encode(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """The vectors of these texts. NotNow when the encoder cannot encode anything: no text is to blame."""
    try:
        return encoder.encode(texts)
    except Exception as error:
        try:
            encoder.encode(["word"])
        except Exception:  # noqa: BLE001 - whatever its libraries raise
            raise NotNow(f"the encoder {encoder.name} cannot be used: {error}") from error
        raise


def _look(prediction_ids: Sequence[int]) -> Embedded:
    encoder = own_encoder()
    if encoder is None:
        raise NotNow("no encoder is configured")
    records = {id_: record for id_, record in queries.records(prediction_ids).items() if record.get("output")}
    texts = {id_: [asked_in(record), *answers(record)] for id_, record in records.items()}
    rows = encode(encoder, [text for those in texts.values() for text in those]) if texts else None
    found, scores, start = list[NewVector](), dict[int, Scored](), 0
    for id_, those in texts.items():
        own = np.asarray(rows)[start : start + len(those)]
        start += len(those)
        found += [
            NewVector(id_, part, vector)
            for part, text, vector in zip(Part, those, own, strict=False)
            if text.strip() and vector.any()
        ]
        scores[id_] = embedded_scores_of(records[id_], own[1:], facts_of(encoder))
    asked = golden_likeness.without_vector(prediction_ids, encoder.name)
    return Embedded(encoder, found, scores, records, _golden(encoder, asked))


def golden_is_owed() -> bool:
    """Whether a golden question has no vector of this encoder yet."""
    encoder = own_encoder()
    return encoder is not None and vectors.are_kept() and bool(golden_likeness.owed(encoder.name, at_most=1))


def encode_golden() -> int:
    """Give some golden questions that have none their vectors; how many."""
    encoder = own_encoder()
    if encoder is None or not vectors.are_kept():
        return 0
    try:
        made = _golden(encoder, golden_likeness.owed(encoder.name))
    except NotNow as reason:
        log.warning("golden questions wait for their vectors: %s", reason)
        return 0
    with transaction.atomic():
        golden_likeness.store(vectors.known(encoder), made)
    return len(made)


def _golden(encoder: Encoder, asked: Sequence[Unencoded]) -> dict[Unencoded, Vectors | None]:
    """The vectors of these golden questions; one that cannot be encoded stops nobody."""
    told = [one for one in asked if one.text]
    try:
        made = dict(zip(told, encode(encoder, [one.text for one in told]), strict=True)) if told else {}
    except NotNow:
        raise
    except Exception:
        log.exception("of %d golden questions some cannot be encoded", len(told))
        made = {one: _one(encoder, one.text) for one in told}
    return {one: made.get(one) for one in asked}


def _one(encoder: Encoder, text: str) -> Vectors | None:
    try:
        return encode(encoder, [text])[0]
    except NotNow:
        raise
    except Exception:  # noqa: BLE001 - whatever its libraries raise
        return None


def _write(found: Embedded) -> Changed:
    encoder = vectors.known(found.encoder)
    vectors.store(encoder, found.vectors)
    golden_likeness.store(encoder, found.golden)
    merge(found.scores)
    for project_id, theirs in queries.by_project(found.records).items():
        golden.keep_late(project_id, theirs)
    return frozenset({"vectors", "scores"})


def merge(scores: Mapping[int, Scored]) -> None:
    """Add scores to those that predictions have; a score of the same name is replaced."""
    columns = (
        list(scores),
        [orjson.dumps(scored.values).decode() for scored in scores.values()],
        [orjson.dumps(scored.missing).decode() for scored in scores.values()],
    )
    with connection.cursor() as cursor:
        cursor.execute(_MERGE, columns)


def _is_ready() -> bool:
    return own_encoder() is not None and vectors.are_kept()


kinds.register(EnrichmentKind.EMBED)(
    Kind(look=_look, write=_write, is_ready=_is_ready, at_once=16, runs_in="embed")
)
