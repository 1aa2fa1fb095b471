import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command

from accounts.models import Project
from queues.errors import Invalid
from queues.ingest import files
from queues.ingest.file_errors import FileRefused
from queues.ingest.files import Reading, read
from queues.models import Feedback, GoldenVersion, Payload, Prediction
from tests.factories.golden import golden_record
from tests.factories.projects import ProjectFactory
from tests.ingest.events import event
from tests.ingest.records import full_record, record

CSV = "prediction_id,occurred_at,input.prompt,output.text,model.request_model,confidence,metadata.ticket\n"
ROW = 'p-1,2026-03-01T10:00:02Z,"How,\nlong?",=1+1,gpt-x,0.5,T-1\n'


@pytest.fixture
def project(db: None) -> Project:
    return ProjectFactory.create(slug="support")


def ingest(path: Path, **options: Any) -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, report and summary."""
    output, errors = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command(
            "ingest", path, project="support", no_progress=True, stdout=output, stderr=errors, **options
        )
    except CommandError as error:
        code = error.returncode
    return code, [json.loads(line) for line in output.getvalue().splitlines()], errors.getvalue()


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def lines(*records: object) -> str:
    return "".join(json.dumps(one) + "\n" for one in records)


def test_good_lines_are_stored_and_bad_ones_named(project: Project, tmp_path: Path) -> None:
    text = lines(record("p-1")) + "\nnot json\n" + lines(record("p-2", confidence=7), record("p-3"))

    code, report, summary = ingest(written(tmp_path / "a.jsonl", text))

    assert code == 1
    assert summary.startswith("2 stored, 0 there already, 2 rejected")
    assert [(line["line"], line["errors"][0]["code"]) for line in report] == [
        (3, "json.syntax"),
        (4, "number.too_large"),
    ]


def test_a_second_run_changes_nothing(project: Project, tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl.gz", gzip.compress(lines(full_record()).encode()))

    assert ingest(path)[0] == 0
    assert ingest(path)[2].startswith("0 stored, 1 there already, 0 rejected")
    assert Payload.objects.get().record == full_record()


def test_another_content_under_a_known_id_is_reported(project: Project, tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", lines(record("p-1"), record("p-1", output={"text": "b"})))

    code, report, _summary = ingest(path)

    assert (code, report[0]["line"], report[0]["errors"][0]["code"]) == (1, 2, "prediction_id.taken")


def test_the_report_may_go_to_a_file(project: Project, tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", lines(record("p-1"), {}))

    code, report, _summary = ingest(path, report=tmp_path / "rejects.jsonl")

    assert (code, report) == (1, [])
    assert json.loads((tmp_path / "rejects.jsonl").read_text())["line"] == 2


def test_a_csv_is_read_by_the_names_of_its_columns(project: Project, tmp_path: Path) -> None:
    assert ingest(written(tmp_path / "a.csv", CSV + ROW))[0] == 0

    stored = Payload.objects.get()
    assert stored.output_text == "=1+1"
    assert stored.record["input"] == {"prompt": "How,\nlong?"}
    assert (stored.record["confidence"], stored.record["metadata"]) == (0.5, {"ticket": "T-1"})


def test_own_columns_and_defaults_are_named_once(project: Project, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "id,question,answer,extra\np-1,How?,Now.,x\n")

    code, _report, _summary = ingest(
        path,
        column=["id=prediction_id", "question=input.prompt", "answer=output.text", "extra="],
        default=["occurred_at=2026-03-01T10:00:02Z", "model.request_model=gpt-x"],
    )

    assert code == 0
    assert Prediction.objects.get().model_version == "gpt-x"


def test_rows_before_a_broken_one_are_stored_and_told(project: Project, tmp_path: Path) -> None:
    code, report, summary = ingest(written(tmp_path / "a.csv", CSV + ROW + 'p-2,"never closed\n'))

    assert code == 2
    assert summary.startswith("1 stored")
    assert "line 4" in report[0]["errors"][0]["detail"]


def test_parquet_is_read_nested_or_flat(project: Project, tmp_path: Path) -> None:
    nested = record("p-1") | {"occurred_at": datetime(2026, 3, 1, 10, tzinfo=UTC), "confidence": 0.5}
    pq.write_table(pa.Table.from_pylist([nested, nested | {"prediction_id": "p-2"}]), tmp_path / "a.parquet")
    flat = {"id": "p-3", "input.prompt": "How?", "output.text": "a", "model.request_model": "m"}
    pq.write_table(pa.Table.from_pylist([flat]), tmp_path / "b.parquet")

    assert ingest(tmp_path / "a.parquet")[0] == 0
    assert ingest(
        tmp_path / "b.parquet", column=["id=prediction_id"], default=["occurred_at=2026-03-01T10:00:02Z"]
    )[0] == 0  # fmt: skip
    assert Prediction.objects.count() == 3


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.zip", b"PK"),
        ("a.exe", b"{}"),
        (".jsonl", b"{}"),
        ("a.jsonl.exe", b"{}"),
        ("a.parquet", b"PAR1PAR1"),
        ("a.jsonl.gz", b"{}"),
        ("a.jsonl.gz", gzip.compress(b"{}", mtime=0)[:-4]),
        ("a.jsonl.gz", gzip.compress(b" " * 40 * 1024 * 1024, mtime=0)),
        ("a.csv", b""),
        ("a.csv", b"prediction_id,prediction_id\n"),
        ("a.csv", b"prediction_id;output.text\n"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_as_a_whole(
    tmp_path: Path, name: str, text: bytes
) -> None:
    with pytest.raises(FileRefused):
        list(read(written(tmp_path / name, text), Reading()))


@pytest.mark.parametrize("name", ["gone.jsonl", "a\0.jsonl", "x" * 300 + ".jsonl"])
def test_a_file_that_is_not_there_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileRefused):
        list(read(tmp_path / name, Reading()))


def test_a_line_without_end_is_skipped_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LINE_BYTES", 1_000)
    path = written(tmp_path / "a.jsonl", b"x" * 5_000_000 + b"\n" + lines(record()).encode())

    rows = list(read(path, Reading()))

    assert [row.line for row in rows] == [1, 2]
    assert isinstance(rows[0].arrived, Invalid)
    assert rows[0].arrived.faults[0].code == "line.too_long"


def test_feedback_is_read_from_lines_and_from_a_table(project: Project, tmp_path: Path) -> None:
    table = (
        "event_id,occurred_at,kind,name,prediction_id,value\nt-1,2026-03-01T10:00:02Z,explicit,stars,p-1,2\n"
    )
    text = lines(event("f-1"), event("f-2", value=9))

    told = ingest(written(tmp_path / "a.jsonl", text), kind="feedback")
    told_of_table = ingest(written(tmp_path / "a.csv", table), kind="feedback")

    assert (told[0], [line["event_id"] for line in told[1]]) == (1, ["f-2"])
    assert told_of_table[0] == 0
    assert set(Feedback.objects.values_list("event_id", "number")) == {("f-1", -1.0), ("t-1", 2.0)}


def test_golden_items_are_added_and_edited_from_files(project: Project, tmp_path: Path) -> None:
    first = written(tmp_path / "a.jsonl", lines(golden_record("g-1"), golden_record("g-2", target=None)))
    changed = written(tmp_path / "b.jsonl", lines(golden_record("g-1", target="x")))

    added = ingest(first, kind="golden")
    refused = ingest(changed, kind="golden")
    edited = ingest(changed, kind="golden", as_new_version=True, reason="terms")

    assert (added[0], added[1][0]["errors"][0]["pointer"]) == (1, "/target")
    assert (refused[0], refused[1][0]["errors"][0]["code"]) == (2, "golden_id.taken")
    assert (edited[0], edited[2]) == (0, "1 stored, 0 there already, 0 rejected\n")
    assert GoldenVersion.objects.get(is_current=True).reason == "terms"
