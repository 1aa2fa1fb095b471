"""The files of a release: the same rows in several forms, what describes them, and sums of all."""

import csv
import gzip
import io
import json
from hashlib import sha256
from typing import Any

import pyarrow.parquet as pq
import pytest

from queues import jobs
from queues.export.files.checks import LINE_BYTES_MAX
from queues.export.files.csv_view import escaped
from queues.export.files.provenance_table import SCHEMA
from queues.export.formats import formats
from queues.export.papers.croissant import fault_in
from queues.models import Job, Queue, Release
from tests.export.building import ask, content, released
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import record_of, settled
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db(transaction=True)
FORMULA = '=HYPERLINK("http://x")'


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="refunds")


@pytest.fixture
def neutral(people: Cast, queue: Queue) -> Release:
    """Twelve rows, so that the ids of rows do not sort as numbers; each decision, and a hostile text."""
    rights = {"licence": "CC-BY-4.0"}
    for n in range(10):
        talk = {"conversation_id": f"c-{n % 3}"}
        settled(queue, corrected_text=f"answer {n}", record=record_of(rights=rights, trace=talk))
    settled(queue, "approve", output_text=FORMULA, record=record_of(rights=rights))
    settled(queue, "reject", record=record_of(rights=rights))
    return released(people, "neutral")


def lines_of(release: Release, path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content(release, path).split(b"\n")[:-1]]


def table_of(release: Release, path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(io.BytesIO(content(release, path))).to_pylist()
    return rows


def manifest_of(release: Release) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(content(release, "manifest.json"))
    return manifest


def test_a_neutral_row_says_all_that_is_known(neutral: Release) -> None:
    rows = lines_of(neutral, "train.jsonl")

    assert [(row["label"], row["chosen"], row["rejected"]) for row in rows[-3:]] == [
        (False, "answer 9", "Refunds are instant."),
        (True, FORMULA, None),
        (False, None, "Refunds are instant."),
    ]
    assert rows[0]["group_id"] == "c-0"
    assert [row["provenance"] for row in rows] == lines_of(neutral, "provenance.jsonl")


def test_a_packed_file_holds_the_same_bytes(neutral: Release) -> None:
    assert gzip.decompress(content(neutral, "train.jsonl.gz")) == content(neutral, "train.jsonl")


def test_the_table_holds_the_same_rows_sorted_and_typed(neutral: Release) -> None:
    rows = {str(row["record_id"]): row for row in lines_of(neutral, "train.jsonl")}

    table = table_of(neutral, "train.parquet")

    assert [row["record_id"] for row in table] == sorted(rows)
    for row in table:
        line = rows[str(row["record_id"])]
        assert [(m["role"], m["content"]) for m in row["prompt"]] == [
            (m["role"], m["content"]) for m in line["messages_in"]
        ]
        chosen, rejected = (side and side[0]["content"] for side in (row["chosen"], row["rejected"]))
        assert (chosen, rejected, row["label"]) == (line["chosen"], line["rejected"], line["label"])
        assert (row["licence"], row["weight"], row["n_raters"], row["agreement"]) == (
            "CC-BY-4.0",
            1.0,
            1,
            1.0,
        )


def test_the_table_of_provenance_holds_what_its_lines_hold(neutral: Release) -> None:
    lines, table = lines_of(neutral, "provenance.jsonl"), table_of(neutral, "provenance.parquet")

    assert set(lines[0]) == set(SCHEMA.names)
    for line, row in zip(lines, table, strict=True):
        decided_at = row.pop("decided_at")
        assert decided_at.isoformat() == line.pop("decided_at")
        assert row == line


def test_the_view_for_people_runs_nothing(neutral: Release) -> None:
    text = content(neutral, "view-not-for-training.csv").decode()

    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == 12
    assert rows[10]["chosen_escaped"] == f"'{FORMULA}"
    assert rows[0]["chosen_escaped"] == "answer 0"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "  =", "\u00a0@", "＝", "－1", "\u200b=", "\ufeff ="])
def test_a_cell_that_could_be_a_formula_gets_an_apostrophe(start: str) -> None:
    assert escaped(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize(
    "text", ["a;=1+1;b", 'a;"=1+1;b', "a; \u200b=1+1;b", "a\t@x", "\t=1", "\r=1", "a\n=1+1"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_semicolon_begins_no_formula_whatever_separates_the_cells(text: str, delimiter: str) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerow(["r-1", escaped(text)])

    for line in csv.reader(io.StringIO(written.getvalue(), newline=""), delimiter=delimiter):
        assert not [cell for cell in line if cell.lstrip(" \u200b\t\r\n").startswith(("=", "@"))]


def test_a_cell_that_could_not_stays() -> None:
    assert [escaped(value) for value in ("a;b\nc", "a=1", "1-2", "", 7, None)] == [
        "a;b\nc",
        "a=1",
        "1-2",
        "",
        7,
        "",
    ]


def test_the_sums_are_those_of_all_other_files(neutral: Release) -> None:
    lines = [line.split("  ") for line in content(neutral, "SHA256SUMS").decode().splitlines()]
    sums = {path: told for told, path in lines}

    paths = set(neutral.files.values_list("path", flat=True))
    assert set(sums) == paths - {"SHA256SUMS"}
    assert all(sums[path] == sha256(content(neutral, path)).hexdigest() for path in sums)


def test_the_card_begins_with_front_matter_that_nobody_breaks_out_of(people: Cast, queue: Queue) -> None:
    settled(
        queue,
        record=record_of(rights={"licence": "CC-BY-4.0\n---\nlicense: mit"}, subject={"locale": "de-AT"}),
    )
    card = content(released(people), "README.md").decode()

    _before, front, page = card.split("---\n", 2)
    told = {name: json.loads(value) for name, value in (line.split(": ", 1) for line in front.splitlines())}
    assert told["license"] == "cc-by-4.0\n---\nlicense: mit"
    assert told["configs"] == [
        {"config_name": "default", "data_files": [{"split": "train", "path": "train.jsonl"}]}
    ]
    assert "1 of 1 rows were picked for certain" in page
    assert "| decisions | correct | 1 |" in page
    assert "| refunds | decision | alpha\\_nominal |" in page.replace("alpha_nominal", "alpha\\_nominal")


def test_the_card_of_kto_says_how_to_weigh(people: Cast, queue: Queue) -> None:
    settled(queue, "approve")
    for _n in range(2):
        settled(queue, "reject")

    card = content(released(people, "trl_kto"), "README.md").decode()

    assert "`desirable_weight` in [2.00, 2.66] or `undesirable_weight` in [0.38, 0.50]" in card


def test_the_metadata_pass_our_own_check(neutral: Release) -> None:
    metadata = json.loads(content(neutral, "croissant.json"))

    sums = {file.path: file.sha256 for file in neutral.files.all()}
    assert fault_in(metadata, sums) is None
    assert metadata["version"] == "1.0.0"
    assert [field["name"] for field in metadata["recordSet"][0]["field"]] == sorted(
        f"train/{key}" for key in formats.get("neutral").keys - {"provenance", "soft_labels"}
    )


def test_the_manifest_counts_and_names_what_was_left_out(people: Cast, queue: Queue) -> None:
    left_out = [settled(queue, "approve").item.prediction.prediction_id for _n in range(2)]
    settled(queue)

    manifest = manifest_of(released(people))

    assert manifest["excluded"] == {"pair.no_correction": 2}
    assert manifest["excluded_examples"] == {"pair.no_correction": left_out}
    assert manifest["agreement"]["refunds"]["decision"]["value"] is None


def test_the_same_rows_give_the_same_bytes(people: Cast, queue: Queue, neutral: Release) -> None:
    again = released(people, "neutral")

    data = ["train.jsonl", "train.jsonl.gz", "train.parquet", "provenance.jsonl", "provenance.parquet"]
    assert again.version == "1.0.1"
    assert [content(again, path) for path in data] == [content(neutral, path) for path in data]


def test_a_release_that_its_consumer_would_refuse_is_not_published(people: Cast, queue: Queue) -> None:
    for _n in range(9):
        settled(queue)
    release, job = ask(people, "openai_chat")

    jobs.run_job(job.pk)

    release.refresh_from_db()
    assert release.state == "failed"
    assert "at least 10 rows, and there are 9" in Job.objects.get(pk=job.pk).error


def test_a_row_that_is_longer_than_a_line_may_be_is_left_out(people: Cast, queue: Queue) -> None:
    settled(queue, record=record_of("x" * LINE_BYTES_MAX))
    settled(queue)

    manifest = manifest_of(released(people))

    assert (manifest["records"], manifest["excluded"]) == (1, {"line.too_long": 1})


@pytest.mark.parametrize("name", [name for name, _format in formats])
def test_what_a_consumer_wants_beside_the_rows_is_among_the_files(
    people: Cast, queue: Queue, name: str
) -> None:
    for _n in range(10):
        settled(queue)

    release = released(people, name)

    paths = set(release.files.values_list("path", flat=True))
    rows = formats.get(name).file_name
    assert {rows, f"{rows}.gz", "provenance.jsonl", "README.md", "croissant.json", "SHA256SUMS"} <= paths
    assert {file["path"] for file in manifest_of(release)["files"]} == paths - {"manifest.json", "SHA256SUMS"}
