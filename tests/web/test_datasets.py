"""The pages of datasets: what is in one, what is left out and why, and its releases."""

from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.test import Client
from django.utils.html import escape

from accounts.actor import Actor
from accounts.models import Person
from queues import jobs
from queues.export import actions as export
from queues.export import formats
from queues.export.files import store
from queues.models import Dataset, Golden, Item, Job, Release
from tests.export.recalling import withdraw
from tests.factories.golden import golden_record, verified
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import record_of, settled
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db(transaction=True)
HOSTILE = "<script>document.title='owned'</script>\u202e"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "default_storage", FileSystemStorage(tmp_path))


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address(people: Cast, rest: str = "") -> str:
    return f"/projects/{people.project.slug}/datasets/{rest}"


def make(people: Cast) -> Dataset:
    by = Actor(people.mel.pk)
    return export.create_dataset(people.project, name="refunds", format_name="trl_sft", by=by)


def test_the_empty_list_says_what_to_do_next(people: Cast) -> None:
    shown = signed_in(people.mel).get(address(people)).content.decode()

    assert "No dataset yet" in shown
    assert address(people, "new") in shown


def test_a_dataset_is_made_with_the_form(people: Cast) -> None:
    queue_in(people.project, slug="desk", name="Desk")
    form = {"name": "refunds", "title": "", "format": "trl_dpo", "queues": ["desk"], "decisions": ["correct"]}

    answer = signed_in(people.mel).post(address(people, "new"), form)

    assert answer.status_code == 302
    assert Dataset.objects.get().filter == {"queues": ["desk"], "decisions": ["correct"]}


@pytest.mark.parametrize("name", ["", "A b", "latest", "x" * 61])
def test_a_wrong_name_is_told_beside_its_field(people: Cast, name: str) -> None:
    answer = signed_in(people.mel).post(address(people, "new"), {"name": name, "format": "trl_sft"})

    assert answer.status_code == 422
    assert 'class="fault"' in answer.content.decode()
    assert not Dataset.objects.exists()


def test_the_page_shows_what_is_in_and_what_is_left_out_as_text(people: Cast) -> None:
    queue = queue_in(people.project)
    settled(queue, corrected_text=HOSTILE)
    settled(queue, "reject")
    make(people)

    shown = signed_in(people.mel).get(address(people, "refunds/")).content.decode()

    assert "&lt;script&gt;document" in shown
    assert "<script>document" not in shown
    assert "The output was rejected, and nobody wrote a better one." in shown


def test_publishing_from_the_page_leads_to_files_and_snippets(people: Cast) -> None:
    settled(queue_in(people.project))
    make(people)
    mel = signed_in(people.mel)

    asked = mel.post(address(people, "refunds/publish"), {"notes": "First.\r\nTry."})
    waiting = mel.get(address(people, "refunds/")).content.decode()
    jobs.run_job(Job.objects.get().pk)
    release = Release.objects.get()
    progress = mel.get(address(people, f"refunds/releases/{release.pk}"))
    done = mel.get(address(people, "refunds/")).content.decode()

    assert asked.status_code == 302
    assert "A release is being built" in waiting
    assert progress.headers["HX-Refresh"] == "true"
    assert "refunds@1.0.0" in done
    assert release.files.get(path="train.jsonl").sha256 in done
    assert "load_dataset" in done
    assert f"/api/v1/projects/{people.project.slug}/releases/refunds@1.0.0/files/train.jsonl" in done


def test_a_failed_release_says_why(people: Cast) -> None:
    settled(queue_in(people.project), "reject")
    export.publish(make(people), by=Actor(people.mel.pk))
    jobs.run_job(Job.objects.get().pk)

    shown = signed_in(people.mel).get(address(people, "refunds/")).content.decode()

    assert "Nothing to publish" in shown


def test_a_lead_reads_and_does_not_publish_or_download(people: Cast) -> None:
    settled(queue_in(people.project))
    make(people)
    lee = signed_in(people.lee)

    shown = lee.get(address(people, "refunds/")).content.decode()

    assert "Publish a release" not in shown
    assert lee.post(address(people, "refunds/publish")).status_code == 403
    assert lee.get(address(people, "new")).status_code == 403
    assert signed_in(people.ann).get(address(people)).status_code == 403
    assert signed_in(people.sam).get(address(people, "refunds/")).status_code == 404


def test_the_same_verdicts_can_be_looked_at_in_another_format(people: Cast) -> None:
    queue = queue_in(people.project)
    settled(queue, "reject")
    settled(queue)
    make(people)

    shown = signed_in(people.mel).get(address(people, "refunds/?as=alpaca")).content.decode()

    assert "&quot;instruction&quot;" in shown
    assert "decision.rejected" in shown
    assert "new?like=refunds&amp;format=alpaca" in shown


def test_a_new_dataset_can_begin_with_what_another_asks(people: Cast) -> None:
    by = Actor(people.mel.pk)
    wanted = {"decisions": ["correct"]}
    export.create_dataset(people.project, name="refunds", format_name="trl_sft", wanted=wanted, by=by)

    shown = signed_in(people.mel).get(address(people, "new?like=refunds&format=trl_dpo")).content.decode()

    assert '<option value="trl_dpo" selected>' in shown
    assert 'value="correct" id="id_decisions_1" checked' in shown


@pytest.mark.parametrize("rest", ["refunds/?as=nope", "new?like=refunds&format=nope", "new?like=nope"])
def test_a_format_or_dataset_that_nobody_knows_is_refused(people: Cast, rest: str) -> None:
    make(people)

    assert signed_in(people.mel).get(address(people, rest)).status_code == 404


@pytest.mark.parametrize("name", [name for name, _format in formats.formats])
def test_the_page_shows_each_format_and_code_to_copy(people: Cast, name: str) -> None:
    queue = queue_in(people.project)
    for n in range(10):
        settled(queue, corrected_text=f"answer {n}")
    by = Actor(people.mel.pk)
    found = export.create_dataset(people.project, name="refunds", format_name=name, by=by)
    export.publish(found, by=by)
    jobs.run_job(Job.objects.get().pk)

    shown = signed_in(people.mel).get(address(people, "refunds/")).content.decode()

    assert "reviewapp pull refunds@1.0.0 --verify" in shown
    assert f"files/{formats.formats.get(name).file_name}:link" in shown
    assert ("no mapping function" in shown) is name.startswith("trl_")


def test_who_took_what_is_told_on_the_page(people: Cast) -> None:
    settled(queue_in(people.project))
    found = make(people)
    export.publish(found, by=Actor(people.mel.pk))
    jobs.run_job(Job.objects.get().pk)
    release = Release.objects.get()
    for part in ("", "bytes 5-9/10"):
        export.note_download(
            release.files.get(path="train.jsonl"), dataset=found, by=Actor(people.mel.pk), part=part
        )

    shown = signed_in(people.lee).get(address(people, "refunds/")).content.decode()

    took = shown[shown.index("Who took it") :]
    assert people.mel.name in took
    assert '<td>train.jsonl</td><td class="number">2</td>' in took


def test_a_lead_sees_which_rows_stop_a_release_and_lets_them_through_with_a_reason(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queues.export.guarding.protected.ProtectedTexts.alike", lambda *_a: HOSTILE)
    settled(queue_in(people.project, slug="desk"))
    dataset, client = make(people), signed_in(people.mel)
    client.post(address(people, "refunds/publish"))
    jobs.run_job(Job.objects.get().pk)

    shown = client.get(address(people, "refunds/")).content.decode()

    german = client.get(address(people, "refunds/"), headers={"accept-language": "de"}).content.decode()
    assert "Von einer Prüfung angehalten: contamination, wegen 1 Zeile" in german
    assert "contamination.alike" in shown
    assert '<span class="pill bad">stops the release</span>' in shown
    assert "What the guards found in the attempt that was stopped" in shown
    assert HOSTILE not in shown
    assert f'href="{address(people, "refunds/edit")}#id_alike_golden"' in shown
    assert 'id="id_alike_golden"' in client.get(address(people, "refunds/edit")).content.decode()
    assert 'href="#accept-contamination"' in shown
    said = {"accept-contamination": "Only the tone is alike.", "findings_of": str(Release.objects.get().pk)}
    assert f'name="findings_of" value="{said["findings_of"]}"' in shown
    client.post(address(people, "refunds/publish"), said)
    jobs.run_job(Job.objects.latest("id").pk)
    assert Release.objects.filter(dataset=dataset, state="published").exists()
    shown = client.get(address(people, "refunds/")).content.decode()
    assert "stops the release" not in shown
    assert '<span class="pill warn">accepted with a reason</span>' in shown
    assert "What the guards found in refunds@1.0.0" in shown
    told = shown[shown.index("Accepted:") :][:300]
    assert "Only the tone is alike." in told
    assert people.mel.name in told
    assert "<time " in told


def test_a_row_stands_beside_the_golden_question_that_it_reads_like(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queues.export.guarding.protected.ProtectedTexts.alike", lambda *_a: "g-7")
    asked, question = f"{HOSTILE} {'a ' * 100}the end?", f"{HOSTILE} {'b ' * 3_000}"
    verified(people.project, golden_record("g-7", input={"prompt": question}))
    row = settled(queue_in(people.project, slug="desk"), record=record_of(asked))
    make(people)
    lead, stopped = signed_in(people.mel), address(people, "refunds/")
    lead.post(address(people, "refunds/publish"))
    jobs.run_job(Job.objects.get().pk)
    release = Release.objects.get()
    rows = f"{stopped}releases/{release.pk}/findings?code=contamination.alike"
    golden = f"/projects/{people.project.slug}/golden/{Golden.objects.get().pk}/"

    for page in (stopped, rows):
        shown = lead.get(page).content.decode()
        assert f'href="{golden}"' in shown
        assert escape(asked) in shown
        assert escape(question[:5_000]) in shown
        assert escape(question) not in shown
        assert HOSTILE not in shown
    withdraw(people, row.item.prediction.prediction_id)
    for page in (stopped, rows):
        shown = lead.get(page).content.decode()
        assert escape(asked) not in shown
        assert "withdrawn or erased" in shown


def test_an_open_dispute_is_counted_with_its_reason(people: Cast) -> None:
    make(people)
    item = waiting(queue_in(people.project, slug="desk"))
    Item.objects.filter(pk=item.pk).update(state="disputed")

    shown = signed_in(people.lee).get(address(people, "refunds/")).content.decode()

    assert '<td><code>dispute.open</code></td><td class="number">1</td>' in shown
    assert f"/predictions/{item.prediction_id}" in shown
    assert f'href="/projects/{people.project.slug}/disputes/"' in shown[shown.index("dispute.open") - 300 :]
    assert "Settle disputes" not in signed_in(people.mel).get(address(people, "refunds/")).content.decode()


def test_a_build_is_cancelled_on_the_page(people: Cast) -> None:
    make(people)
    client = signed_in(people.mel)
    client.post(address(people, "refunds/publish"))

    client.post(address(people, f"refunds/releases/{Release.objects.get().pk}/cancel"))

    assert Release.objects.get().state == "failed"
    assert "Cancelled." in client.get(address(people, "refunds/")).content.decode()


def test_the_form_makes_rules_and_begins_with_those_of_another(people: Cast) -> None:
    client = signed_in(people.mel)
    form = {
        "name": "strict", "format": "trl_sft", "agreement_gate": "on", "personal_data": "redact",
        "duplicates": "leave_out", "licences": "MIT, CC-BY-4.0", "alike_golden": "leave_out",
        "approved_share": "50", "synthetic_share": "0",
    }  # fmt: skip

    client.post(address(people, "new"), form)

    assert Dataset.objects.get().rules == {
        "agreement_gate": True,
        "personal_data": "redact",
        "duplicates": "leave_out",
        "alike_golden": "leave_out",
        "licences": ["MIT", "CC-BY-4.0"],
        "caps": {"model_approved": 0.5, "synthetic": 0.0},
    }
    again = client.get(address(people, "new?like=strict")).content.decode()
    assert "MIT, CC-BY-4.0" in again


def test_a_release_that_takes_rows_from_training_is_confirmed_first(people: Cast) -> None:
    settled(queue_in(people.project))
    by, client = Actor(people.mel.pk), signed_in(people.mel)
    trained, job = export.publish(make(people), by=by)
    jobs.run_job(job.pk)
    row = f"refunds/releases/{trained.pk}/rows/{Item.objects.get().pk}"
    assert "Nothing that is known here" in client.get(address(people, row)).content.decode()
    export.create_dataset(people.project, name="exam", format_name="golden", by=by)

    shown = client.get(address(people, "exam/")).content.decode()
    assert "1 row that would test or validate here trains elsewhere" in shown
    assert f'<a href="{address(people, "refunds/")}">refunds</a>: 1</li>' in shown

    refused = client.post(address(people, "exam/publish"), {"notes": "Mine."})
    assert (refused.status_code, Release.objects.count()) == (422, 1)
    assert 'id="takes-fault"' in refused.content.decode()
    assert "Mine.</textarea>" in refused.content.decode()

    assert client.post(address(people, "exam/publish"), {"takes": "yes"}).status_code == 302
    jobs.run_job(Job.objects.latest("id").pk)
    assert 'name="takes"' not in client.get(address(people, "exam/")).content.decode()
    told = client.get(address(people, row)).content.decode()
    assert "Not to train with: exam validates or tests with it" in told
    left_out = client.get(address(people, "refunds/")).content.decode()
    assert 'Another dataset validates or tests with it. <span class="note">exam</span>' in left_out


def test_a_stopped_attempt_says_that_the_definition_has_changed_since(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queues.export.guarding.protected.ProtectedTexts.alike", lambda *_a: "g-1")
    settled(queue_in(people.project))
    dataset, client = make(people), signed_in(people.mel)
    _release, job = export.publish(dataset, by=Actor(people.mel.pk))
    jobs.run_job(job.pk)
    assert "The definition has changed" not in client.get(address(people, "refunds/")).content.decode()

    export.redefine(
        dataset, wanted={}, demanded={"alike_golden": "leave_out"}, shared={}, reason="They are alike.",
        instead_of=1, by=Actor(people.mel.pk),
    )  # fmt: skip

    shown = client.get(address(people, "refunds/")).content.decode()
    assert "it was built by version 1, version 2 counts now. Such rows are left out now." in " ".join(
        shown.split()
    )
    assert "#id_alike_golden" not in shown
    assert "Rows that read like a golden question: leave them out" in shown
