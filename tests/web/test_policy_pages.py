"""The policy, its versions, activation and dry runs on pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Person
from queues import jobs
from queues.models import (
    DryRun,
    Heartbeat,
    Job,
    Policy,
    PolicyActivation,
    PolicyDraft,
    Queue,
    RuleAllowance,
)
from queues.route import policies
from tests.factories.policies import first_document, first_policy
from tests.factories.projects import Cast, cast
from tests.factories.traffic import came
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    people = cast()
    queues = [queue_in(people.project, slug=slug, name=slug.title()) for slug in ("answers", "safety")]
    first_policy(people.project, queues)
    return people


class Lead:
    """A person at the pages of the policy."""

    def __init__(self, people: Cast, person: Person | None = None) -> None:
        self.client = Client()
        self.client.force_login(person or people.lee)
        self.path = f"/projects/{people.project.slug}/policy/"

    def look(self, place: str = "") -> str:
        return self.client.get(self.path + place).content.decode()

    def post(self, place: str, **fields: object) -> Any:
        return self.client.post(self.path + place, fields)


@pytest.fixture
def lead(people: Cast) -> Lead:
    return Lead(people)


def second_version(people: Cast, **changes: object) -> Policy:
    document = first_document(answers="answers", safety="safety")
    document["rules"][0] |= {"threshold": 0.9, **changes}
    del document["rules"][2]
    by = Actor(people.lee.pk)
    return policies.new_version(people.project.pk, document=document, by=by, reason="Fewer.")


def test_the_page_says_the_rules_in_words_and_what_they_did(people: Cast, lead: Lead) -> None:
    waiting(Queue.objects.get(slug="answers"), kinds=("uncertain",))
    today = timezone.now().date()
    RuleAllowance.objects.create(project=people.project, rule="uncertain", day=today, picked=1, held_back=7)

    shown = lead.look()

    assert "Send when the rank of mean_nll is at least 0.8" in shown
    assert '<b class="number">1</b> picked in 24 h' in shown
    assert '<b class="number">7</b> held back by its limit today' in shown
    assert f"/projects/{people.project.slug}/queues/answers/items/?reason=uncertain" in shown
    assert "Edit the policy" in shown


def test_who_may_only_read_sees_no_buttons(people: Cast) -> None:
    mel = Lead(people, people.mel)

    for place in ("", "versions/1"):
        shown = mel.look(place)
        assert "<button" not in shown.partition("<main")[2].partition("</main>")[0] or "Compare" in shown
        assert "Edit the policy" not in shown
        assert "Activate" not in shown


def test_a_project_without_a_policy_says_what_to_do() -> None:
    people = cast()

    assert "Write the first policy" in Lead(people).look()
    assert "Write the first policy" not in Lead(people, people.mel).look()


def test_a_version_says_what_it_changed_in_words(people: Cast, lead: Lead) -> None:
    second_version(people)

    shown = lead.look("versions/2")

    assert "What it changed against version 1" in shown
    assert "<del> 0.8:</del><ins> 0.9:</ins> about the most uncertain" in shown
    assert "removed" in shown
    assert "Nothing: the rules are the same." in lead.look("versions/2?against=2")
    assert lead.client.get(lead.path + "versions/2?against=99").status_code == 404
    assert lead.client.get(lead.path + "versions/77").status_code == 404


def test_activation_shows_what_changes_and_asks_why(people: Cast, lead: Lead) -> None:
    second_version(people)

    shown = lead.look("versions/2/activate")
    without = lead.post("versions/2/activate", seen="1", reason="  ")
    done = lead.post("versions/2/activate", seen="1", reason="Agreed.")

    assert "What changes of version 1" in shown
    assert "No rule audits all traffic at random" in shown
    assert without.status_code == 422
    assert "Say why" in without.content.decode()
    assert done.headers["Location"] == lead.path
    assert Policy.objects.get(is_active=True).version == 2


def test_an_activation_is_undone_on_the_same_page(people: Cast, lead: Lead) -> None:
    second_version(people)
    lead.post("versions/2/activate", seen="1", reason="Agreed.")

    offered, to_others = lead.look(), Lead(people, people.olga).look()
    lead.post("versions/1/activate", seen="2", reason="Undo of the activation of version 2.")

    assert "Undo: back to version 1" in offered
    assert "Undo: back" not in to_others
    assert Policy.objects.get(is_active=True).version == 1
    told = list(PolicyActivation.objects.order_by("id").values_list("before__version", "policy__version"))
    assert told == [(None, 1), (1, 2), (2, 1)]


def test_who_looked_at_another_version_in_force_decides_again(people: Cast, lead: Lead) -> None:
    second_version(people)
    second_version(people)
    lead.post("versions/2/activate", seen="1", reason="First.")

    late = lead.post("versions/3/activate", seen="1", reason="Second.")

    assert late.status_code == 409
    assert "Another version was put in force since you looked" in late.content.decode()
    assert Policy.objects.get(is_active=True).version == 2


def test_a_version_whose_queue_is_gone_is_not_activated_and_says_so(people: Cast, lead: Lead) -> None:
    second_version(people)
    Queue.objects.filter(slug="answers").update(slug="renamed")

    refused = lead.post("versions/2/activate", seen="1", reason="Now.")

    assert refused.status_code == 409
    assert "sends to queues that this project does not have: answers" in refused.content.decode()


def test_a_version_that_is_not_valid_any_more_is_shown_and_not_activated(people: Cast, lead: Lead) -> None:
    document = {"schema": "policy/1", "rules": [{"name": "moon", "kind": "moon_phase", "queue": "answers"}]}
    Policy.objects.create(project=people.project, version=2, document=document, salt="s", reason="Old.")

    shown = lead.look("versions/2")
    refused = lead.post("versions/2/activate", seen="1", reason="Now.")
    dry = lead.post("dry-runs/ask", version="2", last="1000")

    assert "cannot read any more" in shown
    assert "moon_phase" in shown
    assert refused.status_code == dry.status_code == 409
    assert lead.client.get(lead.path).status_code == 200


def test_a_dry_run_is_asked_for_followed_and_read(people: Cast, lead: Lead) -> None:
    for n in range(60):
        came(people.project, {"mean_nll": n / 60}, at=timezone.now() - timedelta(hours=60 - n))

    asked = lead.post("dry-runs/ask", version="1", last="1000")
    place = asked.headers["Location"].removeprefix(lead.path)
    before = lead.look(place)
    jobs.run_job(Job.objects.get().pk)
    over = lead.client.get(lead.path + place + "/progress", headers={"HX-Request": "true"})
    done = lead.look(place)

    assert "No worker is alive" in before
    assert "Waiting for a worker" in before
    assert over.headers["HX-Refresh"] == "true"
    assert "Rule by rule" in done
    assert "mean_nll ranks" in done
    assert "people keep up" in done or "no pace known yet" in done
    assert "Against version 1" in done
    assert place.rpartition("/")[2] in lead.look()


def test_a_living_worker_is_not_mourned(lead: Lead) -> None:
    Heartbeat.objects.create(name="worker")

    place = lead.post("dry-runs/ask", version="1", last="1000").headers["Location"]

    assert "No worker is alive" not in lead.client.get(place).content.decode()


def test_a_dry_run_is_cancelled(lead: Lead) -> None:
    place = lead.post("dry-runs/ask", version="1", last="1000").headers["Location"]

    lead.client.post(f"{place}/cancel")

    assert "was cancelled" in lead.client.get(place).content.decode()
    assert DryRun.objects.get().cancelled_at is not None


def test_a_dry_run_that_failed_says_why(lead: Lead) -> None:
    place = lead.post("dry-runs/ask", version="1", last="1000").headers["Location"]
    Job.objects.update(state="failed", error="The worker died in every attempt.")

    assert "The worker died in every attempt." in lead.client.get(place).content.decode()


def test_a_dry_run_of_an_empty_project_says_what_to_do(lead: Lead) -> None:
    place = lead.post("dry-runs/ask", version="1", last="1000").headers["Location"]
    jobs.run_job(Job.objects.get().pk)

    assert "There was nothing to look at" in lead.client.get(place).content.decode()


@pytest.mark.parametrize("fields", [{"last": "1000", "version": "x"}, {"last": "5"}, {"version": "1"}])
def test_what_cannot_be_asked_is_refused(lead: Lead, fields: dict[str, str]) -> None:
    assert lead.post("dry-runs/ask", **fields).status_code in (404, 422)
    assert not DryRun.objects.exists()


def test_a_dry_run_of_a_draft_takes_what_stands_there(people: Cast, lead: Lead) -> None:
    lead.post("edit/change", revision="0", do="off:0")

    lead.post("dry-runs/ask", last="1000")

    assert DryRun.objects.get().document["rules"][0]["enabled"] is False


def test_a_draft_with_faults_is_not_dry_run_and_the_faults_are_told(lead: Lead) -> None:
    lead.post("edit/change", **{"revision": "0", "do": "keep", "open": "0", "/rules/0/threshold": "x"})

    refused = lead.post("dry-runs/ask", last="1000")

    assert refused.status_code == 422
    assert "/rules/0/threshold" in refused.content.decode()


def test_an_activation_is_history(people: Cast) -> None:
    with pytest.raises(IntegrityError, match="is history"), transaction.atomic():
        PolicyActivation.objects.update(reason="Another.")
    refused = pytest.raises(IntegrityError, match="is history")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM queues_policyactivation")


def test_a_version_never_replaces_itself(people: Cast) -> None:
    policy = Policy.objects.get()

    with pytest.raises(IntegrityError, match="policy_activation_replaces_another"), transaction.atomic():
        PolicyActivation.objects.create(project=people.project, policy=policy, before=policy, reason="No.")


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"last": 0}, "dry_run_looks_at_1_to_100000"),
        ({"last": 100_001}, "dry_run_looks_at_1_to_100000"),
        ({"result": {}}, "dry_run_finished_has_a_result"),
        ({"finished_at": timezone.now()}, "dry_run_finished_has_a_result"),
        (
            {"result": {}, "finished_at": timezone.now(), "cancelled_at": timezone.now()},
            "dry_run_finished_or_cancelled",
        ),
    ],
)
def test_the_database_keeps_what_a_dry_run_is(people: Cast, fields: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        DryRun.objects.create(**{"project": people.project, "document": {}, "last": 10, **fields})


def test_a_person_has_one_draft_in_a_project(people: Cast) -> None:
    first = {"project": people.project, "person": people.lee, "document": {}}
    PolicyDraft.objects.create(**first)

    with pytest.raises(IntegrityError, match="policy_draft_one_per_person"), transaction.atomic():
        PolicyDraft.objects.create(**first)
    with pytest.raises(IntegrityError, match="policy_draft_revision"), transaction.atomic():
        PolicyDraft.objects.create(**first | {"person": people.olga, "revision": 0})
