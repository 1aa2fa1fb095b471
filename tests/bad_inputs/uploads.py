"""Rows of uploads.jsonl: a file, given to `manage.py ingest`."""

import io
import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from django.core.management import CommandError, call_command

from queues.models import Golden, Prediction
from tests.bad_inputs import canonical
from tests.bad_inputs.conftest import Sender
from tests.bad_inputs.corpus import Row, expand
from tests.bad_inputs.outcome import Outcome, Watch
from tests.bad_inputs.rewriting import in_our_words

# The corpus's columns by the paths of prediction/1; what its records may leave out is said once.
_COLUMNS = [
    "external_id=prediction_id",
    "project=",
    "prompt=input.prompt",
    "output=output.text",
    "reference=expected.value",
]
_DEFAULTS = [f"occurred_at={canonical.TIME}", f"model.request_model={canonical.MODEL['request_model']}"]
_REFUSED, _CRASHED = 422, 500


# A golden set has its own kind of records, and its own word for the answer.
_GOLDEN_NAMES = {"external_id": "golden_id", "reference": "target"}


def send(row: Row, sender: Sender, folder: Path) -> Outcome:
    is_golden = row["kind"] == "golden"
    path = _golden_file(row, folder) if is_golden else _written(row, folder)
    output, errors = io.StringIO(), io.StringIO()
    watch = Watch()
    status, message = 200, ""
    try:
        call_command(
            "ingest",
            str(path),
            project=sender.project.slug,
            **({"kind": "golden"} if is_golden else {"column": _COLUMNS, "default": _DEFAULTS}),
            no_progress=True,
            stdout=output,
            stderr=errors,
        )
    except CommandError as error:
        status, message = _REFUSED, str(error)
    except Exception as error:  # noqa: BLE001 - a traceback is what the test is looking for
        status, message = _CRASHED, repr(error)
    report = [json.loads(line) for line in output.getvalue().splitlines()]
    faults = [fault for line in report for fault in line.get("errors", [])]
    if status == _REFUSED and faults and all(fault["code"] == "prediction_id.taken" for fault in faults):
        status = 200  # all was read; what was there already stayed
    pointers = [fault["pointer"] for fault in faults]
    body = {"message": message, "report": report, "summary": errors.getvalue()}
    return Outcome(status, bool(message), pointers, body, watch.seconds)


def _golden_file(row: Row, folder: Path) -> Path:
    """The records as golden/1."""
    path = folder / PurePosixPath(row["payload"]["filename"]).name
    with path.open("w", encoding="utf-8") as file:
        for line in expand(row["payload"]["content"]).splitlines():
            record = {_GOLDEN_NAMES.get(name, name): value for name, value in json.loads(line).items()}
            file.write(json.dumps(record | {"input": {"prompt": record.pop("prompt")}}) + "\n")
    return path


def _written(row: Row, folder: Path) -> Path:
    """The file under its own last name, where the system allows such a name."""
    content = row["payload"]["content"]
    if not row["payload"]["filename"].endswith(".csv") or not isinstance(content, str):
        content = in_our_words(content)
    built = expand(content)
    path = folder / PurePosixPath(row["payload"]["filename"]).name
    try:
        path.write_bytes(built if isinstance(built, bytes) else built.encode("utf-8", "surrogatepass"))
    except (OSError, ValueError):
        return path
    return path


def stored_complaints(row: Row, outcome: Outcome) -> Iterator[str]:
    """What is wrong with what is in the database, and with the report."""
    checks = row.get("check", ())
    stored = Prediction.objects.count() + Golden.objects.count()
    if not outcome.body["summary"].startswith(f"{stored} stored,") and stored:
        yield f"{stored} are stored; told was {outcome.body['summary']!r}"
    if outcome.was_refused and not outcome.body["report"] and "There is no" not in outcome.body["message"]:
        yield f"no row and reason named: {outcome.body['message']}"
    if "one_item_not_two" in checks and stored != 1 and outcome.was_taken:
        yield f"{stored} are stored, not one"
    if "one_stored" in checks and stored != 1:
        yield f"{stored} are stored, not one"
    if "conflicts_reported" in checks and ", 0 there already, 0 rejected" in outcome.body["summary"]:
        yield "no conflict or duplicate is reported"
