"""Hidden checks through the API: leads read them; who reviews is told only where the queue tells."""

import pytest

from accounts.roles import Permission
from queues.models import Check, Queue, ServedCheck
from tests.api.conftest import Program
from tests.factories.checks import APPROVE, REJECT, queue_with_checks, review
from tests.factories.projects import Cast
from tests.factories.work import waiting


def work(people: Cast, **settings: object) -> Queue:
    queue = queue_with_checks(people, n=2, check_rate=1.0, **settings)
    waiting(queue)
    return queue


def test_a_lead_reads_the_checks_the_figures_and_the_answers(people: Cast) -> None:
    queue = work(people)
    review(queue, people.ann, APPROVE)
    review(queue, people.ann, REJECT)
    lee = Program(people, people.lee)

    checks = lee.get(f"queues/{queue.pk}/checks").json()["items"]
    figures = lee.get(f"queues/{queue.pk}/checks/people").json()["items"]
    answers = lee.get(f"queues/{queue.pk}/checks/answers?person={people.ann.pk}").json()["items"]

    assert [one["id"] for one in checks] == list(Check.objects.order_by("-pk").values_list("pk", flat=True))
    assert {one["given"] for one in checks} == {1}
    assert figures[0]["right"] == {
        "k": 1.0,
        "n": 2.0,
        "rate": 0.5,
        "low": pytest.approx(0.0945, abs=1e-4),
        "high": pytest.approx(0.9055, abs=1e-4),
    }
    assert (figures[0]["q"], figures[0]["worth_a_talk"]) == (None, False)
    assert [one["right"] for one in answers] == [False, True]
    assert answers[0]["purpose"] == "hidden"


@pytest.mark.parametrize("path", ["checks", "checks/people", "checks/answers"])
def test_who_reviews_and_who_only_reads_may_not(people: Cast, path: str) -> None:
    queue = work(people)

    assert Program(people, people.ann).get(f"queues/{queue.pk}/{path}").status_code == 403
    assert Program(people, people.mel).get(f"queues/{queue.pk}/{path}").status_code == 403


@pytest.mark.parametrize("tells", [False, True])
def test_the_answer_to_a_submit_tells_only_where_the_queue_tells(people: Cast, tells: bool) -> None:
    queue = work(people, tells_checks=tells)
    ann = Program(people, people.ann)
    item = ann.post(f"queues/{queue.pk}:next", {}).json()

    answer = ann.post("reviews", {"slot": item["slot"], "token": item["token"], **REJECT})

    assert answer.status_code == 201
    assert ServedCheck.objects.get().right is False
    keys = {"review", "item", "item_state", "undo_until"}
    if not tells:
        assert set(answer.json()) == keys
    else:
        assert set(answer.json()) == {*keys, "check"}
        assert answer.json()["check"]["decision"] == "approve"
        assert answer.json()["check"]["why"].startswith("It says")


def test_a_leased_check_has_the_shape_of_any_other_item(people: Cast) -> None:
    queue = work(people)
    ann = Program(people, people.ann)
    check = ann.post(f"queues/{queue.pk}:next", {}).json()
    Queue.objects.filter(pk=queue.pk).update(check_rate=0.0)

    other = ann.post(f"queues/{queue.pk}:next", {"beside": [check["slot"]]}).json()

    assert set(check) == set(other)
    assert not {"occurred", "model", "prompt"} & {*check["facts"], *other["facts"]}  # a check's are older
    same = ("queue", "form", "why", "attached", "facts", "pair", "draft", "draft_revision")
    assert [check[name] for name in same] == [other[name] for name in same]
    assert check["due_at"] <= other["due_at"]


def test_items_of_the_api_hold_no_checks(people: Cast) -> None:
    queue = work(people)
    review(queue, people.ann, APPROVE)
    lee = Program(people, people.lee)
    served = ServedCheck.objects.get()

    listed = {one["id"] for one in lee.get("items").json()["items"]}

    assert served.item_id not in listed
    assert lee.get(f"items/{served.item_id}").status_code == 404
    assert lee.get("items?state=check").status_code == 400


def test_who_has_not_passed_is_refused_with_a_code(people: Cast) -> None:
    queue = queue_with_checks(people, n=1, qualifying_checks=1)
    review(queue, people.ann, REJECT)

    answer = Program(people, people.ann).post(f"queues/{queue.pk}:next", {})

    assert answer.status_code == 403
    assert answer.json()["type"].endswith("not_qualified")


def test_a_lead_answers_questions_about_checks_once(people: Cast) -> None:
    queue = work(people)
    review(queue, people.ann, {"decision": "escalate", "note": "Is it?"})
    lee, served = Program(people, people.lee), ServedCheck.objects.get()

    asked = lee.get(f"queues/{queue.pk}/checks/questions").json()["items"]
    refused = lee.post(f"checks/questions/{served.pk}:reply", {"answer": "a" * 4_001})
    sent = lee.post(f"checks/questions/{served.pk}:reply", {"answer": "It is."})
    again = lee.post(f"checks/questions/{served.pk}:reply", {"answer": "It is not."})

    assert [(one["id"], one["note"], one["person"]) for one in asked] == [
        (served.pk, "Is it?", people.ann.pk)
    ]
    assert asked[0]["decision"] == "approve"
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/answer"
    assert (sent.status_code, sent.json()["text"], again.status_code) == (201, "It is.", 409)
    assert lee.get(f"queues/{queue.pk}/checks/questions").json()["items"] == []
    mine = Program(people, people.ann).get("mentions").json()["items"]
    assert [one["text"] for one in mine] == ["It is."]


def test_nobody_else_reads_or_answers_them(people: Cast) -> None:
    queue = work(people)
    review(queue, people.ann, {"decision": "escalate", "note": "Is it?"})
    reply = f"checks/questions/{ServedCheck.objects.get().pk}:reply"

    for person in (people.ann, people.mel):
        assert Program(people, person).get(f"queues/{queue.pk}/checks/questions").status_code == 403
        assert Program(people, person).post(reply, {"answer": "So."}).status_code == 403
    lee, narrow = Program(people, people.lee), Program(people, people.lee, Permission.READ)
    assert narrow.post(reply, {"answer": "So."}).status_code == 403
    assert lee.post("checks/questions/999999:reply", {"answer": "So."}).status_code == 404
    assert ServedCheck.objects.get().reply is None


def test_only_who_reads_the_project_reads_how_often_checks_come(people: Cast) -> None:
    queue = work(people)

    for path in (f"queues/{queue.slug}", "queues"):
        told, not_told = (Program(people, one).get(path).json() for one in (people.mel, people.ann))
        (told,), (not_told,) = (answer.get("items", [answer]) for answer in (told, not_told))
        assert {*told} - {*not_told} == {"check_rate", "tells_checks"}
