"""The `check` words of api_requests.jsonl: questions to the answer, the tables, the log and the disk."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounts.models import RateBucket
from queues.api.pagination import HIGHEST_LIMIT
from queues.models import Prediction
from tests.bad_inputs.api_requests import Asked
from tests.bad_inputs.corpus import Row
from tests.bad_inputs.tenants import SECRET, World, contents, told_of


@dataclass
class Before:
    """How everything was before the row was sent, and the log since."""

    world: World
    tables: Counter[str]
    files: set[Path]
    folder: Path
    log: list[str]
    reached: list[Any]  # what this process has connected to, the database apart


Check = Callable[[Row, Asked, Before], Iterator[str]]
CHECKS: dict[str, Check] = {}


def complaints_of(row: Row, asked: Asked, before: Before) -> Iterator[str]:
    """What the row's own checks find wrong; a check that is not known here is wrong too."""
    for name in row.get("check", ()):
        if name not in CHECKS:
            yield f"the check {name} is not known"
            continue
        for complaint in CHECKS[name](row, asked, before):
            yield f"{name}: {complaint}"


def check(*names: str) -> Callable[[Check], Check]:
    def note(function: Check) -> Check:
        CHECKS.update(dict.fromkeys(names, function))
        return function

    return note


@check("no_5xx", "unknown_filter_refused_or_ignored")
def _asked_of_every_row(row: Row, asked: Asked, before: Before) -> Iterator[str]:
    yield from ()


@check("same_rows_as_without")
def _same_rows(row: Row, asked: Asked, before: Before) -> Iterator[str]:
    if asked.outcome.was_taken:
        every = before.world.caller("ml_key").get(f"{before.world.root}/{asked.address}").json()
        if told_of(asked.outcome.body) != told_of(every):
            yield "the filter was followed"


@check("page_bounded")
def _bounded(row: Row, asked: Asked, before: Before) -> Iterator[str]:
    if asked.outcome.was_taken and len(asked.outcome.body["items"]) > HIGHEST_LIMIT:
        yield "the page is longer than it may be"


@check("no_cross_tenant_read")
def _nothing_of_theirs(row: Row, asked: Asked, before: Before) -> Iterator[str]:
    if SECRET in asked.text:
        yield "the other tenant's text is in the answer"


@check("problem_json")
def _is_problem(row: Row, asked: Asked, before: Before) -> Iterator[str]:
    if not asked.outcome.is_problem or not {"type", "title", "status", "detail"} <= asked.outcome.body.keys():
        yield f"answered {asked.outcome.body}"


@check("same_answer_as_unknown_id")
def _as_unknown(row: Row, asked: Asked, before: Before) -> Iterator[str]:
    theirs, unknown = asked.answer, asked.unknown
    if (theirs.status_code, _without_id(theirs)) != (unknown.status_code, _without_id(unknown)):
        yield f"{theirs.content!r} is not {unknown.content!r}"


def _without_id(answer: object) -> dict[str, object]:
    body = json.loads(answer.content)  # type: ignore[attr-defined]
    return {name: value for name, value in body.items() if name != "instance"}


@check("nothing_changed", "nothing_stored", "name_not_used_as_path")
def _nothing_changed(row: Row, asked: Asked, before: Before) -> Iterator[str]:
    if asked.outcome.was_refused and (now := contents()) != before.tables:
        yield f"stored {now - before.tables}, lost {before.tables - now}"
    if set(before.folder.rglob("*")) != before.files:
        yield "a file was written"


@check("logged")
def _logged(row: Row, asked: Asked, before: Before) -> Iterator[str]:
    lines = [json.loads(line) for line in before.log]
    if not any(line["status"] == asked.outcome.status and line["path"].startswith("/api/") for line in lines):
        yield f"the log holds {before.log}"
    if any("\n" in line or not line.isascii() for line in before.log):
        yield "a log line is not one line of ASCII"


@check("no_detail_leak")
def _no_detail(row: Row, asked: Asked, before: Before) -> Iterator[str]:
    detail = asked.outcome.body["detail"]
    if not detail.startswith(("This key is not valid (any more).", "Send a key as ")):
        yield f"says {detail}"
    if any(text in asked.text for text in before.world.keys.values()):
        yield "the key is repeated"


@check("one_stored")
def _one_stored(row: Row, asked: Asked, before: Before) -> Iterator[str]:
    added = contents() - before.tables
    if added["Prediction"] != 1 or not Prediction.objects.filter(prediction_id="idem-1").exists():
        yield f"stored {added}"


@check("memory_bounded")
def _streamed(row: Row, asked: Asked, before: Before) -> Iterator[str]:
    """The file is never longer in the answer than on the disk, and leaves it in pieces."""
    size = before.world.ours.release.files.get(path="train.jsonl").bytes
    if asked.outcome.was_taken and not (
        asked.answer.streaming and len(b"".join(asked.answer.streaming_content)) <= size
    ):
        yield "more than the file was sent, or all at once"


@check("no_reflection")
def _not_reflected(row: Row, asked: Asked, before: Before) -> Iterator[str]:
    for name, value in row["payload"]["headers"].items():
        if len(value) > 3 and value in asked.text and not value.startswith("application/"):
            yield f"{name} is repeated"


@check("rate_limit_not_bypassed")
def _counted(row: Row, asked: Asked, before: Before) -> Iterator[str]:
    """The caller is the key, whatever a header says of where the request comes from."""
    callers = set(RateBucket.objects.values_list("caller", flat=True))
    if any(not caller.startswith("key:") for caller in callers):
        yield f"limits are kept for {callers}"
    if asked.outcome.was_taken and not callers:
        yield "was not counted"


@check("no_stack_trace")
def _no_trace(row: Row, asked: Asked, before: Before) -> Iterator[str]:
    if "Traceback" in asked.text or ".py" in asked.text:
        yield "the answer shows the inside"


@check("no_request_made")
def _reached_nobody(row: Row, asked: Asked, before: Before) -> Iterator[str]:
    if before.reached:
        yield f"connected to {before.reached}"
    if contents()["Webhook"] != before.tables["Webhook"]:
        yield "the address was stored, to be asked later"
