"""Rows of ingest_records.jsonl: one record, sent to `predictions`; and what must then be stored."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from queues.models import Item, Prediction
from tests.bad_inputs import canonical
from tests.bad_inputs.conftest import Sender
from tests.bad_inputs.corpus import Row, expand
from tests.bad_inputs.http import post
from tests.bad_inputs.outcome import Outcome

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_CHOSEN_ID = {"identifier"}  # kinds in which the id is the point; else each row gets its own


def send(row: Row, sender: Sender) -> tuple[Outcome, dict[str, Any]]:
    """The outcome, and the record as it was sent."""
    payload = expand(row["payload"])
    if row["kind"] not in _CHOSEN_ID and row.get("error_field") != "external_id":
        payload["external_id"] = row["id"]
    # The project is in the address. One that cannot stand there is sent in the record, like any other key.
    project = "" if "project" not in payload else canonical.PROJECT
    record = canonical.to_record(payload)
    address = sender.address("predictions", project)
    return post(sender, address, json.dumps(record).encode(), "application/json"), record


def stored_complaints(row: Row, outcome: Outcome, sent: dict[str, Any], sender: Sender) -> Iterator[str]:
    """What is wrong with what is in the database after the answer."""
    rows = list(Prediction.objects.filter(project=sender.project).select_related("payload"))
    if outcome.was_refused:
        if rows:
            yield "was refused and stored"
        return
    if len(rows) != 1 or outcome.body["id"] != rows[0].pk:
        yield "the answer names no stored prediction"
        return
    prediction = rows[0]
    wanted = _replaced(sent)
    if prediction.payload.output_text != wanted["output"]["text"]:
        yield "the output is not what was sent"
    if _without_messages(prediction.payload.record) != _without_messages(wanted):
        yield "the record is not what was sent"
    if _texts(prediction.payload.record) != [message["content"] for message in wanted["input"]["messages"]]:
        yield "the messages are not what was sent"
    if (wanted != sent) != (prediction.altered and bool(outcome.body.get("warnings"))):
        yield "what was replaced is not reported, or something else is"
    if prediction.occurred_at != datetime.fromisoformat(wanted["occurred_at"].upper()):
        yield "the time is another"
    yield from _routing_complaints(row, prediction)


def _routing_complaints(row: Row, prediction: Prediction) -> Iterator[str]:
    queues = set(Item.objects.filter(prediction=prediction).values_list("queue__slug", flat=True))
    wanted = {"routed_to_safety_queue": "unsafe", "routed_to_uncertain": "unsure"}
    for check, queue in wanted.items():
        if check in row.get("check", ()) and queue not in queues:
            yield f"is in {queues}, not in {queue}"
    if prediction.state not in ("routed", "not_routed"):
        yield "no routing was decided"


def _replaced(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_replaced(inner) for inner in value]
    if isinstance(value, dict):
        return {key: _replaced(inner) for key, inner in value.items()}
    return value


def _without_messages(record: dict[str, Any]) -> Any:
    """Numbers as JSON's doubles: the database gives 1e308 back as an integer of 309 digits."""
    rest = {key: value for key, value in record.items() if key != "input"}
    return json.loads(json.dumps(rest), parse_int=float)


def _texts(record: dict[str, Any]) -> list[str]:
    return ["".join(part["content"] for part in message["parts"]) for message in record["input"]["messages"]]
