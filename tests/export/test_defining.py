"""What a dataset asks for changes in versions; a release names the one that it was built by."""

import re
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.actor import Actor
from accounts.models import Event
from queues import jobs
from queues.errors import Invalid, Taken
from queues.export import actions as export
from queues.export import defining
from queues.models import Dataset, DatasetVersion, Release
from tests.factories.people import api_key
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import record_of, settled
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def dataset(people: Cast) -> Dataset:
    by = Actor(people.mel.pk)
    return export.create_dataset(
        people.project, name="refunds", format_name="trl_sft", wanted={"tags": ["vip"]}, by=by
    )


def changed(dataset: Dataset, people: Cast, **asked: Any) -> DatasetVersion:
    given: dict[str, Any] = {"wanted": {}, "demanded": {}, "shared": {}, "reason": "A try."}
    given["instead_of"] = dataset.version
    version = export.redefine(dataset, by=Actor(people.mel.pk), **given | asked)
    dataset.refresh_from_db()
    return version


def test_a_release_is_built_by_the_version_that_counted_when_it_was_asked_for(
    people: Cast, dataset: Dataset
) -> None:
    queue = queue_in(people.project, slug="desk")
    settled(queue, record=record_of("One?", tags=["vip"]))
    settled(queue, record=record_of("Two?"))
    _early, job = export.publish(dataset, by=Actor(people.mel.pk))
    changed(dataset, people)

    jobs.run_job(job.pk)
    later, job = export.publish(dataset, by=Actor(people.mel.pk))
    jobs.run_job(job.pk)

    first, second = Release.objects.order_by("pk")
    assert (first.rows, second.rows) == (1, 2)
    assert first.manifest is not None and second.manifest is not None
    assert [one.manifest["definition_version"] for one in (first, second) if one.manifest] == [1, 2]
    assert first.manifest["query"]["tags"] == ["vip"]
    assert second.version == "1.1.0"
    assert later.definition == DatasetVersion.objects.get(version=2)


def test_who_was_slower_is_told_and_overwrites_nothing(people: Cast, dataset: Dataset) -> None:
    changed(dataset, people, wanted={"decisions": ["correct"]})

    with pytest.raises(Taken):
        changed(dataset, people, instead_of=1)

    assert dataset.filter == {"decisions": ["correct"]}


@pytest.mark.parametrize(
    ("asked", "pointers"),
    [
        ({"reason": " "}, ["/reason"]),
        ({"wanted": {"tags": ["vip"]}}, ["/filter"]),  # nothing is different
        (
            {"wanted": {"x": 1}, "demanded": {"y": 1}, "shared": {"z": 1}},
            ["/filter/x", "/rules/y", "/splits/z"],
        ),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    people: Cast, dataset: Dataset, asked: dict[str, Any], pointers: list[str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        changed(dataset, people, **asked)

    assert [fault.pointer for fault in refusal.value.faults][: len(pointers)] == pointers
    assert DatasetVersion.objects.count() == 1


def test_a_change_is_in_the_audit_log_with_its_reason(people: Cast, dataset: Dataset) -> None:
    changed(dataset, people, reason="Everybody now.")

    event = Event.objects.get(kind="dataset.changed")
    assert (event.subject_id, event.reason, event.actor_person_id) == (
        dataset.pk,
        "Everybody now.",
        people.mel.pk,
    )


def test_a_version_is_never_rewritten_in_the_database(people: Cast, dataset: Dataset) -> None:
    with pytest.raises(IntegrityError, match="is history"), transaction.atomic():
        DatasetVersion.objects.update(filter={})
    with pytest.raises(IntegrityError, match="changed_with_reason"), transaction.atomic():
        DatasetVersion.objects.create(dataset=dataset, version=2, filter={}, rules={}, splits={})


def test_the_page_changes_what_its_form_knows_and_keeps_the_rest(people: Cast, dataset: Dataset) -> None:
    client = Client()
    client.force_login(people.mel)
    address = f"/projects/{people.project.slug}/datasets/refunds/edit"
    form = {"version": "1", "decisions": ["correct"], "test_share": "20", "reason": "To test <b>with</b>."}

    shown = client.get(address).content.decode()
    answer = client.post(address, form)
    page = client.get(address.removesuffix("edit")).content.decode()
    late = client.post(address, form)

    dataset.refresh_from_db()
    assert 'name="version" value="1"' in shown
    assert answer.status_code == 302
    assert dataset.filter == {"tags": ["vip"], "decisions": ["correct"]}
    assert dataset.splits == {"shares": {"train": 0.8, "test": 0.2}, "seed": people.project.slug}
    assert "To test &lt;b&gt;with&lt;/b&gt;." in page
    assert "splits.shares" in page
    assert late.status_code == 409


def test_what_is_not_touched_on_the_page_stays_to_the_last_decimal(people: Cast) -> None:
    made = export.create_dataset(
        people.project,
        name="fine",
        format_name="trl_sft",
        wanted={"decided_after": "2026-01-02T03:04:05.678901+00:00"},
        demanded={"caps": {"synthetic": 0.123456}},
        shared={"shares": {"train": 0.8765432, "test": 0.1234568}},
        by=Actor(people.mel.pk),
    )
    before = Dataset.objects.get(pk=made.pk)
    client = Client()
    client.force_login(people.mel)
    address = f"/projects/{people.project.slug}/datasets/fine/edit"
    fields = _fields(client.get(address).content.decode())

    answer = client.post(address, {**fields, "licences": "MIT", "reason": "Licences."})

    made.refresh_from_db()
    assert (fields["decided_after"], fields["test_share"]) == ("2026-01-02T03:04:05", "12.346")
    assert answer.status_code == 302
    assert (made.filter, made.splits) == (before.filter, before.splits)
    assert made.rules == {**before.rules, "licences": ["MIT"]}


def _fields(page: str) -> dict[str, str]:
    """What a browser would send of a page's form: single inputs and chosen options only."""
    inputs = re.findall(
        r'<input type="(?:text|number|datetime-local|hidden)" name="(\w+)" value="([^"]*)"', page
    )
    return dict(inputs) | dict(
        re.findall(r'<select name="(\w+)"(?:(?!</select>).)*?<option value="(\w+)" selected', page, re.S)
    )


def test_a_dataset_of_the_program_before_versions_gets_its_first(people: Cast, dataset: Dataset) -> None:
    old = Dataset.objects.create(project=people.project, name="old", title="", format="trl_sft", filter={})

    version = defining.newest_version(old)

    assert (version.version, version.filter) == (1, {})
    assert defining.newest_version(old) == version


def test_the_api_asks_which_version_was_seen(people: Cast, dataset: Dataset) -> None:
    _key, text = api_key(people.project, people.mel)
    base = f"/api/v1/projects/{people.project.slug}/datasets/refunds"
    client, body = Client(headers={"Authorization": f"Bearer {text}"}), {"reason": "All of them."}

    def post(**headers: str) -> Any:
        return client.post(f"{base}/versions", body, content_type="application/json", headers=headers)

    seen = client.get(base).headers["ETag"]
    unseen, made, again = post(), post(**{"If-Match": seen}), post(**{"If-Match": seen})
    listed = client.get(f"{base}/versions").json()["items"]

    assert (unseen.status_code, made.status_code, again.status_code) == (428, 201, 412)
    assert [one["version"] for one in listed] == [2, 1]
    assert listed[0]["changes"] == [{"name": "filter.tags", "before": ["vip"], "after": None}]
    assert client.get(f"{base}/versions/2").json() == listed[0] == made.json()
    assert client.get(f"{base}/versions/3").status_code == 404
