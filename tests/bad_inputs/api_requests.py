"""Rows of api_requests.jsonl: requests of programs, at the addresses that we have for what they mean.

`{items}` is what arrived and what became of it: each row goes to `predictions` and to `items`. `{exports}`
are datasets (the collection) and releases (one of them). The corpus changes an item's tags under
If-Match; the only thing that our API changes under If-Match is the active policy, so those rows go there.
What has no address with us goes to the address it would have, and finds nothing.
"""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import connections
from django.test import Client

from tests.bad_inputs import canonical, wire
from tests.bad_inputs.corpus import Row, expand, fill
from tests.bad_inputs.http import outcome_of
from tests.bad_inputs.outcome import Outcome, Watch
from tests.bad_inputs.tenants import UNKNOWN, World, dead_keys

_COLLECTIONS = {
    "{items}": ["predictions", "items"],
    "{exports}": ["datasets"],
    "{ingest}": ["predictions:batch"],
    "{queues}": ["queues"],
    "{reviews}": ["reviews"],
    "{audit}": ["events"],
    "{webhooks}": ["webhooks"],
    "{golden}": ["golden"],
    "{keys}": ["keys"],
}
_FORMATS = {"sft": "trl_sft", "dpo": "trl_dpo"}
_FILTERS = {"created_after": "received_after", "status": "state"}
_CHANGE = {"version": 2, "reason": "for the test"}  # of the active policy
_SERVER_REFUSES = 400


@dataclass
class Asked:
    """One request of a row, and every answer to it."""

    address: str
    answers: list[Any]
    outcome: Outcome
    unknown: Any = None  # the answer to the same request for a thing that nobody has

    @property
    def answer(self) -> Any:
        return self.answers[-1]

    @property
    def text(self) -> str:
        answer = self.answer
        if answer is None:
            return ""
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.streaming:
            answer.streaming_content = iter([content])
        return str(content.decode()) + repr(sorted(answer.headers.items()))


@dataclass(frozen=True, slots=True)
class Call:
    """A request that can be sent again, and to another address."""

    client: Client
    method: str
    query: str
    body: bytes
    headers: dict[str, str]

    def to(self, address: str) -> Any:
        where = f"{address}?{self.query}" if self.query else address
        return self.client.generic(
            self.method, where, self.body, content_type="application/json", headers=self.headers
        )


def send(row: Row, world: World) -> Iterator[Asked]:
    """Each address that the row means, asked."""
    payload = expand(row["payload"])
    known = _placeholders(row, world)
    for address, ids in _addresses(row, world):
        call = _call(row, payload, world, address, known)
        if row["kind"] == "method" and wire.is_refused(call.method, f"{world.root}/{address}"):
            yield Asked(address, [None], Outcome(_SERVER_REFUSES, is_problem=True))
            continue
        where = f"{world.root}/{fill(address, ids | known)}"
        watch = Watch()
        answers = _repeated(payload.get("body"), call, where)
        asked = Asked(address, answers, _outcome(answers, watch.seconds))
        if "same_answer_as_unknown_id" in row.get("check", ()):
            nobodys = dict.fromkeys(ids, UNKNOWN) | {"file": "unknown-set@1.0.0"}
            asked.unknown = call.to(f"{world.root}/{fill(address, nobodys)}")
        yield asked


def _call(row: Row, payload: dict[str, Any], world: World, address: str, known: dict[str, str]) -> Call:
    query = fill(_renamed(payload["query"]), known)
    if "{cursor_of_other_key}" in query:
        query = f"cursor={_cursor(world, address)}"
    headers = {name: fill(value, known) for name, value in payload.get("headers", {}).items()}
    is_change = row["kind"] == "precondition"
    caller, method = ("tuner", "PUT") if is_change else (payload["as"], payload["method"])
    return Call(world.caller(caller), method, query, _body(row, payload.get("body")), headers)


def _addresses(row: Row, world: World) -> Iterator[tuple[str, dict[str, str]]]:
    """Addresses with their placeholders, and what these stand for there."""
    path, theirs = row["payload"]["path"], world.theirs
    ids = theirs.ids("other_tenant_")
    if row["kind"] == "precondition":
        yield "policies/active", {}
    elif path.endswith("/download"):
        tenant = theirs if "other_tenant" in path else world.ours
        name = f"{tenant.release.dataset.name}@{tenant.release.version}"
        yield "releases/{file}/files/train.jsonl", {"file": name}
    elif path.startswith("{exports}/"):
        yield f"releases/{path.removeprefix('{exports}/')}", ids
    else:
        collection = re.match(r"\{\w+\}", path)
        assert collection, path
        for ours in _COLLECTIONS[collection.group()]:
            item = theirs.verdict.item
            own = {"other_tenant_item": str(item.prediction_id if ours == "predictions" else item.pk)}
            yield ours + path[collection.end() :], ids | own if "other_tenant" in path else {}


def _placeholders(row: Row, world: World) -> dict[str, str]:
    known = {"key": world.keys["ml_key"], "uuid": str(uuid4()), "used_key": str(uuid4())}
    if row["kind"] == "auth":
        known |= dead_keys(world)
    if "{used_key}" in json.dumps(row["payload"].get("headers", {})):
        _use(known["used_key"], world)
    return known


def _use(key: str, world: World) -> None:
    """An earlier request with this Idempotency-Key and another body."""
    world.caller("ml_key").post(
        f"{world.root}/predictions:batch", b"[{}]", "application/json", headers={"Idempotency-Key": key}
    )


def _body(row: Row, body: Any) -> bytes:
    if row["kind"] == "precondition":
        return json.dumps(_CHANGE).encode()
    if isinstance(body, dict) and "json" in body:
        body = body["json"]
    if isinstance(body, list):
        body = [canonical.to_record(record) for record in body]
    elif isinstance(body, dict) and "kind" in body:
        body = {"format" if name == "kind" else name: value for name, value in body.items()}
        body["format"] = _FORMATS.get(body["format"], body["format"])
    return b"" if body is None else json.dumps(body).encode()


def _renamed(query: str) -> str:
    """Filters that we have under another name; the rest stays as it is."""
    name, is_one, value = query.partition("=")
    return f"{_FILTERS.get(name, name)}{is_one}{value}"


def _cursor(world: World, address: str) -> str:
    answer = world.caller("another_ml_key").get(f"{world.root}/{address}", {"limit": 1})
    return str(answer.json()["next_cursor"])


def _repeated(body: Any, call: Call, where: str) -> list[Any]:
    times = body.get("repeat", 1) if isinstance(body, dict) else 1

    def apart(_number: int) -> Any:
        try:
            return call.to(where)
        finally:
            connections.close_all()

    if times == 1:
        return [call.to(where)]
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(apart, range(times)))


def _outcome(answers: list[Any], seconds: float) -> Outcome:
    worst = max(answers, key=lambda answer: answer.status_code)
    if worst.streaming:
        return Outcome(worst.status_code, seconds=seconds)
    return outcome_of(worst, seconds)
