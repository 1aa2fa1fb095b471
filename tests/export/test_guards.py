"""What may not leave does not, each trap with its count, and a lead can see which rows."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from accounts.actor import Actor
from queues import jobs
from queues.errors import Invalid, WrongState
from queues.export import actions as export
from queues.export import reading
from queues.export.files import contents, store
from queues.models import Flag, Item, Job, Queue, Release
from queues.progress import Progress
from tests.export.building import content
from tests.factories.golden import golden_record, verified
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import record_of, settled
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = (
    "My order of two blue kettles arrived on Tuesday with one lid broken and the box torn open at the side,"
    " can I send only the broken one back and keep the other at its price?"
)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="refunds")


def built(people: Cast, format_name: str = "trl_sft", **demanded: Any) -> Release:
    """A release of a new dataset with these rules; published or not."""
    by, name = Actor(people.mel.pk), f"set-{Release.objects.count()}"
    dataset = export.create_dataset(
        people.project, name=name, format_name=format_name, demanded=demanded, by=by
    )
    release, job = export.publish(dataset, by=by)
    jobs.run_job(job.pk)
    release.refresh_from_db()
    return release


def counts(release: Release) -> dict[str, int]:
    return {code: told["rows"] for code, told in release.findings.items()}


def fine(queue: Queue, n: int = 1) -> None:
    for at in range(n):
        settled(queue, record=record_of(f"Question number {at}?"), corrected_text=f"Answer number {at}.")


def test_each_planted_trap_is_caught_with_a_count(people: Cast, queue: Queue) -> None:
    verified(people.project, golden_record(input={"prompt": ASKED}, target=["Yes, only the broken one."]))
    fine(queue, 2)
    for prompt in (
        ASKED,
        f"  {ASKED.upper()} ",
        ASKED.replace("blue", "green"),
        f"Hello! {ASKED} Thank you.",
    ):
        settled(queue, record=record_of(prompt))
    settled(queue, record=record_of("Write to whom?"), corrected_text="Write to jane.roe@gmail.com, please.")
    settled(queue, record=record_of("The key?"), corrected_text="Use AKIAQ7ZJ3M5N8P2R4T6V for it.")
    settled(queue, record=record_of("a?", rights={"consent": "withdrawn"}))
    settled(queue, record=record_of("b?", rights={"consent_scope": ["review"]}))
    settled(queue, record=record_of("c?", rights={"licence": "proprietary"}))
    disputed = settled(queue, record=record_of("d?"))
    Item.objects.filter(pk=disputed.item_id).update(state="disputed", settled_at=None)
    settled(queue, "approve", record=record_of("e?"), output_text=" ")

    release = built(people, licences=["cc-by-4.0"])
    told = counts(release)

    assert release.state == "failed"  # nothing is licensed yet
    assert told["licence.not_allowed"] == 1
    release = built(people)
    told = counts(release)
    assert told == {
        "agreement.single": 3,
        "consent.scope": 1,
        "consent.withdrawn": 1,
        "contamination.exact": 1,
        "contamination.normalised": 1,
        "contamination.shingle": 2,
        "content.empty": 1,
        "dispute.open": 1,
        "licence.unknown": 2,
        "personal_data.email": 1,
        "secret.secret": 1,
    }
    assert release.rows == 3
    assert release.manifest is not None
    assert release.manifest["encoder"] is None  # no vector was compared
    wall = release.manifest["guards"]["contamination.exact"]
    assert (wall["guard"], wall["effect"], wall["rows"]) == ("contamination", "leaves_out", 1)
    assert [example["detail"] for example in wall["examples"]] == ["g-1"]


def test_an_older_version_of_a_golden_item_stays_behind_the_wall(people: Cast, queue: Queue) -> None:
    verified(people.project, golden_record(input={"prompt": ASKED}))
    verified(people.project, golden_record(input={"prompt": "Another question?"}), as_new_version=True)
    fine(queue)
    settled(queue, record=record_of(ASKED))

    assert counts(built(people))["contamination.exact"] == 1


def test_golden_files_may_hold_what_training_files_may_not(people: Cast, queue: Queue) -> None:
    verified(people.project, golden_record(input={"prompt": ASKED}))
    settled(queue, record=record_of(ASKED))

    assert built(people, "golden").rows == 1


def test_a_pair_that_is_the_same_text_twice_is_counted(people: Cast, queue: Queue) -> None:
    fine(queue)
    settled(queue, output_text="Five days.", corrected_text="Five  days.")

    assert counts(built(people, "trl_dpo"))["pair.identical_whitespace"] == 1


def test_personal_data_is_named_instead_of_told_where_the_dataset_says_so(people: Cast, queue: Queue) -> None:
    said = "Ask jane.roe@gmail.com or max.roe@gmail.com; jane.roe@gmail.com answers first."
    settled(queue, record=record_of("Write to jane.roe@gmail.com?"), corrected_text=said)

    release = built(people, personal_data="redact")

    (line,) = content(release, "train.jsonl").splitlines()
    asked, answered = orjson.loads(line)["messages"]
    assert asked["content"] == "Write to <EMAIL_1>?"
    assert answered["content"] == "Ask <EMAIL_1> or <EMAIL_2>; <EMAIL_1> answers first."
    assert counts(release)["personal_data.redacted"] == 1
    everything = b"".join(b"".join(store.read(file.storage_name)) for file in release.files.all())
    assert b"jane.roe" not in everything


def test_caps_keep_the_largest_release_that_they_allow(people: Cast, queue: Queue) -> None:
    fine(queue, 3)
    for n in range(6):
        settled(queue, "approve", record=record_of(f"{n}?"), output_text=f"Approved answer {n}.")

    release = built(people, caps={"model_approved": 0.5})

    assert release.manifest is not None
    assert release.manifest["origin"] == {"human_edited": 3, "model_approved": 3}
    assert counts(release)["origin.cap"] == 3


def test_both_walks_that_caps_need_are_told_as_progress(
    people: Cast, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = list[int]()
    monkeypatch.setattr(contents, "REPORT_EVERY", 1)
    monkeypatch.setattr(Progress, "report", lambda _self, seen: heard.append(seen))
    fine(queue, 3)

    built(people, caps={"synthetic": 0.5})

    assert heard == [1, 2, 3, 4, 5, 6]
    assert Job.objects.latest("pk").total == 6


def test_caps_that_take_nothing_change_nothing(people: Cast, queue: Queue) -> None:
    verified(people.project, golden_record(input={"prompt": ASKED}))
    fine(queue, 3)
    settled(queue, record=record_of(ASKED.replace("blue", "green")))
    settled(queue, corrected_text="Five days.")
    settled(queue, corrected_text="five  DAYS.")
    settled(queue, record=record_of("Whom?"), corrected_text="Write to jane.roe@gmail.com, please.")
    settled(queue, record=record_of("The key?"), corrected_text="Use AKIAQ7ZJ3M5N8P2R4T6V for it.")
    asked: dict[str, Any] = {"personal_data": "redact", "duplicates": "leave_out"}

    without, capped = built(people, **asked), built(people, **asked, caps={"model_approved": 1.0})

    assert counts(without) == counts(capped)
    assert counts(capped)["contamination.shingle"] == counts(capped)["duplicate.same"] == 1
    assert content(without, "train.jsonl") == content(capped, "train.jsonl")
    assert b"<EMAIL_1>" in content(capped, "train.jsonl")
    assert content(without, "findings.jsonl") == content(capped, "findings.jsonl")


def test_a_second_row_that_says_the_same_is_left_out_where_asked(people: Cast, queue: Queue) -> None:
    settled(queue, corrected_text="Five days.")
    settled(queue, corrected_text="five  DAYS.")

    assert (built(people).rows, built(people, duplicates="leave_out").rows) == (2, 1)


@pytest.mark.parametrize(("wanted", "rows"), [("leave_out", 2), ("warn", 3), ("ignore", 3)])
def test_a_row_that_nearly_repeats_another_is_told_or_left_out(
    people: Cast, queue: Queue, wanted: str, rows: int
) -> None:
    first = settled(queue, record=record_of(ASKED), corrected_text="Yes, you can send the broken one back.")
    settled(
        queue, record=record_of("Something else?"), corrected_text="Yes, you can send the broken one back."
    )
    again = record_of(ASKED.replace("Tuesday", "Friday"))
    settled(queue, record=again, corrected_text="Yes, you can send the broken one back.")
    asked: dict[str, Any] = {"near_duplicates": wanted, "caps": {"synthetic": 0.5}}

    release, rebuilt = built(people, **asked), built(people, **asked)

    assert release.rows == rows
    assert counts(release).get("duplicate.near", 0) == (wanted != "ignore")
    if wanted != "ignore":
        told = release.findings["duplicate.near"]
        assert [one["detail"] for one in told["examples"]] == [f"r-{first.item_id}"]
        assert told["effect"] == {"leave_out": "leaves_out", "warn": "warns"}[wanted]
    assert content(release, "train.jsonl") == content(rebuilt, "train.jsonl")


@pytest.mark.parametrize("same", ["warn", "leave_out"])
@pytest.mark.parametrize("near", ["warn", "leave_out", "ignore"])
def test_a_stream_holds_the_rows_that_a_release_would(
    people: Cast, queue: Queue, same: str, near: str
) -> None:
    answer = "Yes, you can send the broken one back."
    for asked in (ASKED, ASKED, ASKED.upper(), ASKED.replace("Tuesday", "Friday"), "Something else?"):
        settled(queue, record=record_of(asked), corrected_text=answer)

    release = built(people, duplicates=same, near_duplicates=near)

    assert b"".join(reading.lines_of(release.dataset)) == content(release, "train.jsonl")


def test_severe_output_that_was_approved_never_leaves(people: Cast, queue: Queue) -> None:
    fine(queue)
    verdict = settled(queue, "approve", output_text="Something terrible.")
    Flag.objects.create(
        prediction_id=Item.objects.get(pk=verdict.item_id).prediction_id,
        component="house", component_version="1", taxonomy="own", category="violence",
        flagged=True, severity=4, target="output",
    )  # fmt: skip

    assert counts(built(people))["safety.severe"] == 1


def test_rows_that_are_read_without_a_release_pass_the_same_guards(people: Cast, queue: Queue) -> None:
    verified(people.project, golden_record(input={"prompt": ASKED}))
    fine(queue)
    settled(queue, record=record_of(ASKED.replace("blue", "green")))
    dataset = built(people).dataset

    assert len(b"".join(reading.lines_of(dataset)).splitlines()) == 1
    assert reading.look_at(dataset).records == 2  # a page does not look for what is merely near


def test_a_page_leaves_out_what_is_the_same_question(people: Cast, queue: Queue) -> None:
    verified(people.project, golden_record(input={"prompt": ASKED}))
    fine(queue)
    settled(queue, record=record_of(ASKED.upper()))

    assert reading.look_at(built(people).dataset).left_out == {"contamination.normalised": 1}


def test_a_cancelled_build_publishes_nothing_and_frees_the_way(
    people: Cast, queue: Queue, folder: Path
) -> None:
    fine(queue)
    by = Actor(people.mel.pk)
    dataset = export.create_dataset(people.project, name="one", format_name="trl_sft", by=by)
    release, job = export.publish(dataset, by=by)

    export.cancel(release, by=by)
    jobs.run_job(job.pk)

    release.refresh_from_db()
    assert release.state == "failed"
    with pytest.raises(WrongState):
        export.cancel(release, by=by)
    assert export.publish(dataset, by=by)[0].pk != release.pk
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("demanded", "code"),
    [
        ([], "rules.type"),
        ({"agreement_gate": 1}, "rules.boolean"),
        ({"licences": "mit"}, "rules.licences"),
        ({"caps": {"model_approved": 2}}, "rules.caps"),
        ({"caps": {"nobody": 0.1}}, "rules.caps"),
        ({"personal_data": "sell"}, "rules.choice"),
        ({"personal_data": ["keep"]}, "rules.choice"),
        ({"near_duplicates": True}, "rules.choice"),
        ({"alike_golden": "keep"}, "rules.choice"),
        ({"reviewers_right": 1.5}, "rules.share"),
        ({"reviewers_right": True}, "rules.share"),
        ({"more": 1}, "rules.unknown"),
    ],
)
def test_rules_that_are_not_understood_are_refused(people: Cast, demanded: object, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        export.create_dataset(
            people.project, name="x", format_name="trl_sft", demanded=demanded, by=Actor(people.mel.pk)
        )

    assert [fault.code for fault in refused.value.faults] == [code]


def test_every_row_in_which_a_guard_found_something_is_named_in_a_file(people: Cast, queue: Queue) -> None:
    fine(queue, 25)
    settled(queue, corrected_text="Write to ada@example.org.")

    release = built(people)

    found = [orjson.loads(line) for line in content(release, "findings.jsonl").splitlines()]
    counted = {code: sum(one["code"] == code for one in found) for code in release.findings}
    assert counted == counts(release)
    assert counted["agreement.single"] == release.rows
    assert b"ada@example.org" not in content(release, "findings.jsonl")
