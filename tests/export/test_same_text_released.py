"""What a model said and a person wrote stands in the published files code point for code point."""

import io
from collections.abc import Iterator

import orjson
import pyarrow.parquet as pq
import pytest

from accounts.actor import Actor
from queues import jobs
from queues.export import actions as export
from queues.export.guards import Effect
from queues.models import Queue, Release
from tests.bad_inputs.corpus import FOLDER, by_kind
from tests.export.building import content
from tests.export.test_same_text import SETS, UNSTORABLE, hostile_in, texts_in
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import record_of, settled
from tests.factories.work import queue_in
from tests.flows.outside_data import rows_of

pytestmark = pytest.mark.django_db(transaction=True)

Said = tuple[str, str, str]  # prompt, output, correction


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="refunds")


def hostile() -> list[Said]:
    """Each text that the corpus wants to see again, in all three places."""
    files = ("ingest_records.jsonl", "form_posts.jsonl", "feedback_events.jsonl")
    kinds = [kind.values[0] for file in files for kind in by_kind(file) if not kind.marks]
    return [(text, text, f"{text}!") for rows in kinds for text in hostile_in(rows)]


def real(name: str, *, at_most: int | None = None) -> Iterator[Said]:
    """Every output of a set, with the edit that a person made where there is one."""
    for line in rows_of(name, at_most=at_most):
        asked = line["prompt"]
        prompt = asked[-1]["content"] if isinstance(asked, list) else str(asked)
        edited = next((a["edited_output"] for a in line["annotations"] if a.get("edited_output")), None)
        for output in texts_in(line.get("output") or [one["text"] for one in line["outputs"]]):
            corrected = edited if edited and edited.split() != output.split() else f"{output} \u2013 so."
            said = (UNSTORABLE.sub("\ufffd", text) for text in (prompt, output, corrected))
            yield next(said), next(said), next(said)


def published(people: Cast, queue: Queue, said: list[Said]) -> tuple[Release, dict[str, Said]]:
    """A release of all of them, personal data kept; what each record should hold."""
    wanted = {}
    for prompt, output, corrected in said:
        verdict = settled(
            queue,
            record=record_of(prompt),
            output_text=output,
            corrected_text=corrected,
            person=people.ann,
        )
        wanted[f"r-{verdict.item_id}"] = (prompt, output, corrected)
    by = Actor(people.mel.pk)
    dataset = export.create_dataset(
        people.project, name="all", format_name="neutral", demanded={"personal_data": "keep"}, by=by
    )
    release, job = export.publish(dataset, by=by)
    jobs.run_job(job.pk)
    release.refresh_from_db()
    assert release.state == "published", release.findings
    return release, wanted


def check(release: Release, wanted: dict[str, Said]) -> None:
    """Whatever left is the same in both files; whatever did not is counted by a guard or the format."""
    lines = content(release, "train.jsonl").split(b"\n")[:-1]
    records = {one["record_id"]: one for one in map(orjson.loads, lines)}
    table = pq.read_table(io.BytesIO(content(release, "train.parquet"))).to_pylist()
    rows = {one["record_id"]: one for one in table}

    changed = {
        name: text
        for name, texts in wanted.items()
        for file in (records, rows)
        for text in texts
        if name in records and text not in set(texts_in(file[name]))
    }
    left_out = sum(told["rows"] for told in release.findings.values() if told["effect"] == Effect.LEAVES_OUT)
    assert changed == {}
    assert rows.keys() == records.keys()
    assert len(records) + left_out == len(wanted)
    assert len(records) > 0.8 * len(wanted), release.findings


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the corpus is not there: set BAD_INPUTS_DIR ({FOLDER})")
@pytest.mark.slow
def test_hostile_texts_leave_in_the_files_as_they_came(people: Cast, queue: Queue) -> None:
    check(*published(people, queue, hostile()))


@pytest.mark.parametrize("at_most", [5, pytest.param(None, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", SETS)
def test_real_outputs_leave_in_the_files_as_they_were_said(
    people: Cast, queue: Queue, name: str, at_most: int | None
) -> None:
    check(*published(people, queue, list(real(name, at_most=at_most))))
