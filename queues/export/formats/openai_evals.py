"""Verified answers for openai/evals, with the entry of its registry that runs them."""

import json
from collections.abc import Mapping

from queues.export.conversation import answered, fault_in_messages, is_blank
from queues.export.formats.base import Format, Told, formats
from queues.export.row import Excluded, Record, VerdictRow

_REGISTRY = """\
{name}:
  id: {name}.test.v1
  description: {description}
  metrics: [accuracy]
{name}.test.v1:
  class: evals.elsuite.basic.match:Match
  args:
    samples_jsonl: {file}
"""


class OpenaiEvals(Format):
    """`{"input": text or messages, "ideal": text or texts}`."""

    shape = "openai_evals"
    scope = "eval"
    file_name = "golden.jsonl"
    keys = frozenset({"input", "ideal"})

    def record(self, row: VerdictRow) -> Record | Excluded:
        found = answered(row)
        if isinstance(found, Excluded):
            return found
        prompt, answer = found
        return {"input": prompt, "ideal": answer}

    def fault(self, record: Record) -> str | None:
        return _fault_in_input(record.get("input")) or _fault_in_ideal(record)

    def companions(self, told: Told) -> Mapping[str, bytes]:
        description, file = json.dumps(told.title), json.dumps(next(iter(told.files.values())))
        text = _REGISTRY.format(name=told.dataset, description=description, file=file)
        return {f"{told.dataset}.yaml": text.encode()}


def _fault_in_input(input_: object) -> str | None:
    if isinstance(input_, str):
        return "input.empty" if is_blank(input_) else None
    if input_ is None or input_ == []:
        return "input.empty"
    return fault_in_messages(input_)


def _fault_in_ideal(record: Record) -> str | None:
    if "ideal" not in record:
        return "ideal.missing"
    ideal = record["ideal"]
    texts = ideal if isinstance(ideal, list) else [ideal]
    if not texts or not all(isinstance(text, str) for text in texts):
        return "ideal.type"
    return "ideal.empty" if any(is_blank(text) for text in texts) else None


formats.register("openai_evals")(OpenaiEvals())
