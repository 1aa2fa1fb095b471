"""Rows of ingest_bodies.jsonl: a raw body, sent to `predictions`; a list to `predictions:batch`."""

import zlib
from collections.abc import Iterator

from queues.models import Prediction
from tests.bad_inputs.conftest import Sender
from tests.bad_inputs.corpus import Row, expand
from tests.bad_inputs.http import post
from tests.bad_inputs.outcome import Outcome
from tests.bad_inputs.rewriting import in_our_words


def send(row: Row, sender: Sender) -> Outcome:
    payload = row["payload"]
    sent_headers = payload.get("headers", {})
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in sent_headers.items()}
    body = expand(in_our_words(payload["body"]))
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    is_list = "ndjson" in payload["content_type"] or _first_byte(raw, sent_headers) == b"["
    address = sender.address("predictions:batch" if is_list else "predictions")
    return _per_record(post(sender, address, raw, payload["content_type"], **headers))


def _first_byte(raw: bytes, headers: dict[str, str]) -> bytes:
    if headers.get("Content-Encoding") == "gzip":
        try:
            raw = zlib.decompressobj(31).decompress(raw, 1_000)
        except zlib.error:
            return b""
    return raw[:1_000].lstrip()[:1]


def _per_record(outcome: Outcome) -> Outcome:
    """A batch is answered with 207; it was refused if every record of it was."""
    results = outcome.body["results"] if outcome.status == 207 else []
    if results and all(result["status"] >= 400 for result in results):
        outcome.status, outcome.is_problem = results[0]["status"], "problem" in results[0]
    return outcome


def stored_complaints(row: Row, outcome: Outcome, sender: Sender) -> Iterator[str]:
    """What is wrong with what is in the database after the answer."""
    checks = row.get("check", ())
    stored = Prediction.objects.count()
    if outcome.was_refused and stored:
        yield "was refused and stored"
    if not outcome.was_taken:
        return
    results = outcome.body.get("results", [outcome.body])
    indexes = [result.get("index") for result in results]
    if "per_item_result" in checks and indexes != list(range(len(results))):
        yield "there is not one result per record"
    if stored != sum(result["status"] == 201 for result in results):
        yield f"{stored} are stored, which is not what was answered"
    wanted = {"stored_2_of_3": 2, "one_stored": 1, "one_item_not_two": 1, "no_cross_tenant_write": 1}
    for check, count in wanted.items():
        if check in checks and stored != count:
            yield f"{check}: {stored} are stored"
    if "conflict_reported" in checks and not any(result["status"] == 409 for result in results):
        yield "no conflict is reported"
    if Prediction.objects.exclude(project=sender.project).exists():
        yield "something was stored in another project"
