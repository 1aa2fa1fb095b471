"""Verified answers for lm-evaluation-harness: questions with answers, and the task that reads them."""

import json
from collections.abc import Mapping

from queues.export.conversation import answered_question, is_blank
from queues.export.formats.base import Format, Told, formats
from queues.export.row import Excluded, Record, VerdictRow

# An answer may have several lines, so only the model's own end ends it.
_TASK = """\
task: {task}
dataset_path: json
dataset_kwargs: {{data_files: {{test: {file}}}}}
test_split: test
output_type: generate_until
doc_to_text: "{{{{question}}}}"
doc_to_target: "{{{{answer}}}}"
generation_kwargs: {{until: [], do_sample: false, max_gen_toks: 1024}}
metric_list:
  - metric: exact_match
    aggregation: mean
    higher_is_better: true
    ignore_case: true
    ignore_punctuation: true
metadata: {{version: {version}}}
"""


class LmEval(Format):
    """`{"id", "question", "answer"}`, and `<dataset>_golden.yaml` beside it."""

    shape = "lm_eval"
    scope = "eval"
    file_name = "golden.jsonl"
    keys = frozenset({"id", "question", "answer"})

    def record(self, row: VerdictRow) -> Record | Excluded:
        """Questions of one turn: the harness knows no conversation, and joining one would change it."""
        found = answered_question(row)
        if isinstance(found, Excluded):
            return found
        question, answer = found
        return {"id": row.record_id, "question": question, "answer": answer}

    def fault(self, record: Record) -> str | None:
        for key in ("question", "answer"):
            if not isinstance(record.get(key), str):
                return f"{key}.missing" if record.get(key) is None else f"{key}.type"
            if is_blank(record[key]):
                return f"{key}.empty"
        return None

    def companions(self, told: Told) -> Mapping[str, bytes]:
        """The task. It names its file as it lies beside it: run the harness in the folder of the release."""
        name = told.dataset.replace("-", "_") + "_golden"
        file, version = (json.dumps(text) for text in (next(iter(told.files.values())), told.version))
        return {f"{name}.yaml": _TASK.format(task=name, file=file, version=version).encode()}


formats.register("lm_eval")(LmEval())
