"""Golden items in the browser: found, written, imported, retired; and hidden from who answers anew."""

import gzip
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.actor import SYSTEM
from queues import pipeline
from queues.ingest.record import check
from queues.models import Deviation, Golden, GoldenVersion
from tests.factories.golden import golden_record, verified
from tests.factories.projects import Cast
from tests.factories.work import queue_in, waiting
from tests.ingest.records import record
from tests.web.conftest import SignIn
from tests.web.reviewing import Reviewer

pytestmark = pytest.mark.django_db
HOSTILE = "<script>document.title='owned'</script>\u202e"
FORM = {
    "golden_id": "g-1",
    "prompt": "How long?",
    "messages": "",
    "answers": ["Five days.", "", "5 days."],
    "rule": "normalised",
    "locale": "en",
    "tags": "refunds, terms",
    "reason": "from the handbook",
}


@pytest.fixture
def lead(people: Cast, signed_in: SignIn) -> Client:
    return signed_in(people.lee)


def url(people: Cast, rest: str = "") -> str:
    return f"/projects/{people.project.slug}/golden/{rest}"


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def upload(client: Client, people: Cast, name: str, content: bytes, **fields: str) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(url(people, "import"), {"file": file, "reason": "import", **fields})


def test_the_empty_list_says_what_to_do_next(people: Cast, lead: Client) -> None:
    assert url(people, "new") in read(lead, url(people))


def test_an_item_is_written_found_and_read(people: Cast, lead: Client) -> None:
    answer = lead.post(url(people, "new"), FORM)

    golden = Golden.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, url(people, f"{golden.pk}/"))
    version = GoldenVersion.objects.get()
    assert (version.targets, version.tags, version.author) == (
        ["Five days.", "5 days."],
        ["refunds", "terms"],
        people.lee,
    )
    assert "Five days." in read(lead, url(people, "?text=HANDBOOK&text=days"))
    assert "Five days." in read(lead, url(people, f"{golden.pk}/"))
    assert "Nothing like this was found" in read(lead, url(people, "?state=retired"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"answers": [""]}, "A golden item needs its answer"),
        ({"prompt": ""}, "The question is empty"),
        ({"rule": "similarity", "threshold": "much"}, "This must be a number"),
        ({"rule": "similarity", "threshold": "2"}, "This must be at most 1"),
        ({"rule": "regex", "pattern": "("}, "RE2 does not take this pattern"),
        ({"rule": "number", "answers": ["soon"]}, "deviates by the item&#x27;s own rule"),
        ({"messages": '[{"role": "user", "content": "x"}]'}, "Send either messages or prompt"),
        ({"messages": "not json", "prompt": ""}, "This must be a list"),
        ({"reason": ""}, "This field is required"),
        ({"rule": "mood"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_stands_beside_what_was_typed(
    people: Cast, lead: Client, changed: dict[str, Any], said: str
) -> None:
    answer = lead.post(url(people, "new"), FORM | changed)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert "refunds, terms" in page
    assert not Golden.objects.exists()


def test_an_id_that_is_taken_is_told(people: Cast, lead: Client) -> None:
    verified(people.project)

    answer = lead.post(url(people, "new"), FORM)

    assert answer.status_code == 422
    assert "There is an item of this id already" in answer.content.decode()


def test_an_edit_is_a_new_version_on_top_of_what_was_seen(people: Cast, lead: Client) -> None:
    (stored,) = verified(people.project, golden_record(input={"prompt": "a\r\nb"}, rubric="r"))
    address = url(people, f"{stored.id}/edit")
    edited = FORM | {"prompt": "a\r\nb", "seen": "1"}

    first = lead.post(address, edited)
    late = lead.post(address, edited | {"answers": ["Six days."]})
    same = lead.post(address, edited | {"seen": "2"})

    assert (first.status_code, late.status_code, same.status_code) == (302, 422, 302)
    assert "Version 2 was saved meanwhile" in late.content.decode()
    assert "Six days." in late.content.decode()
    current = GoldenVersion.objects.get(is_current=True)
    assert (current.version, current.prompt, current.golden.golden_id) == (2, "a\r\nb", "g-1")


def test_a_conversation_is_edited_as_json_and_keeps_the_rest_of_its_input(people: Cast, lead: Client) -> None:
    input_ = {"messages": [{"role": "user", "content": "x"}], "tools": [{"name": "search"}]}
    (stored,) = verified(people.project, golden_record(input=input_))
    messages = json.dumps([{"role": "user", "content": "y"}])

    lead.post(url(people, f"{stored.id}/edit"), FORM | {"prompt": "", "messages": messages, "seen": "1"})

    current = GoldenVersion.objects.get(is_current=True)
    assert (current.prompt, current.input["tools"]) == ("y", [{"name": "search"}])


def test_an_item_is_retired_and_restored(people: Cast, lead: Client) -> None:
    (stored,) = verified(people.project)

    refused = lead.post(url(people, f"{stored.id}/retire"), {"reason": ""})
    lead.post(url(people, f"{stored.id}/retire"), {"reason": "outdated"})

    assert refused.status_code == 422
    assert "outdated" in read(lead, url(people, f"{stored.id}/"))
    lead.post(url(people, f"{stored.id}/restore"), {"reason": "right again"})
    assert Golden.objects.get().retired_at is None


def test_the_page_shows_what_was_held_against_it(people: Cast, lead: Client) -> None:
    (stored,) = verified(people.project)
    sent = record("p-1", input={"prompt": "How long do refunds take?"}, output={"text": "Two weeks."})
    pipeline.receive(people.project, [check(sent)], by=SYSTEM)

    page = read(lead, url(people, f"{stored.id}/"))

    assert "1 of the 1 newest prediction deviates." in page
    assert "another text" in page


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz"])
def test_a_file_is_imported_and_each_fault_told_by_its_line(people: Cast, lead: Client, ending: str) -> None:
    lines = [
        golden_record("a"),
        "no json",
        golden_record("b", target=None),
        golden_record("c", rubric="x\0y"),
    ]
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode()

    answer = upload(lead, people, f"items{ending}", gzip.compress(text) if ending.endswith("gz") else text)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "2 added, 0 as a new version, 0 there already, 2 rejected." in page
    assert "A golden item needs its answer" in page
    assert set(Golden.objects.values_list("golden_id", flat=True)) == {"a", "c"}


def test_a_table_is_imported_by_the_paths_of_its_columns(people: Cast, lead: Client) -> None:
    table = 'golden_id,input.prompt,target,rule.kind,rule.absolute\nn-1,"How many, now?",42,number,0.5\n'

    answer = upload(lead, people, "items.csv", table.encode())

    assert answer.status_code == 200
    assert GoldenVersion.objects.get().rule == {"kind": "number", "absolute": 0.5}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("items.txt", b"{}", "Only .jsonl"),
        ("items.parquet", b"PAR1", "Parquet is read by manage.py ingest only"),
        ("../../etc/passwd.jsonl", b"{}", "0 added"),
        ("items.csv", b"colour\nred\n", "unknown column"),
        ("items.jsonl.gz", b"no gzip", "not a whole .gz"),
        ("items.jsonl", b"", "This field is required|The submitted file is empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    people: Cast, lead: Client, name: str, content: bytes, said: str
) -> None:
    answer = upload(lead, people, name, content)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert any(one in page for one in said.split("|"))
    assert not Golden.objects.exists()


def test_an_import_can_edit_what_is_there(people: Cast, lead: Client) -> None:
    verified(people.project)
    changed = json.dumps(golden_record(target="Two weeks.")).encode()

    plain = upload(lead, people, "items.jsonl", changed)
    edited = upload(lead, people, "items.jsonl", changed, as_new_version="on")

    assert "Another content stands under this id" in plain.content.decode()
    assert (edited.status_code, GoldenVersion.objects.count()) == (200, 2)


def test_the_file_of_all_items_is_downloaded(people: Cast, lead: Client) -> None:
    verified(people.project)

    answer = lead.get(url(people, "export"))

    assert "attachment" in answer.headers["Content-Disposition"]
    assert json.loads(b"".join(answer))["golden_id"] == "g-1"


def test_hostile_texts_stay_texts(people: Cast, lead: Client) -> None:
    (stored,) = verified(
        people.project,
        golden_record(
            input={"prompt": HOSTILE}, target=HOSTILE, rubric=HOSTILE, context=HOSTILE, tags=[HOSTILE]
        ),
    )

    for place in ("", f"{stored.id}/", f"{stored.id}/edit"):
        page = read(lead, url(people, place))
        assert "<script>document" not in page
        assert "&lt;script&gt;document.title=&#x27;owned&#x27;&lt;/script&gt;" in page


def test_who_reads_sees_and_does_not_change(people: Cast, signed_in: SignIn) -> None:
    (stored,) = verified(people.project)
    mel = signed_in(people.mel)

    page = read(mel, url(people, f"{stored.id}/"))

    assert "five business days" in page
    assert "/retire" not in page
    assert mel.get(url(people, "new")).status_code == 403
    assert mel.post(url(people, f"{stored.id}/retire"), {"reason": "x"}).status_code == 403


def test_who_answers_anew_sees_no_golden_answer_anywhere(people: Cast, signed_in: SignIn) -> None:
    secret = "QX-four-fortnights"
    (stored,) = verified(people.project, golden_record(input={"prompt": "How long?"}, target=secret))
    item = waiting(
        queue_in(people.project, shows_scores=True),
        record=record("p", input={"prompt": "How long?"}, expected={"golden_id": "g-1", "value": secret}),
    )
    item.reasons = [
        {"rule": "wrong", "kind": "golden_deviation", "score": 0.9, "golden_id": "g-1", "why": "other_text"}
    ]
    item.save(update_fields=["reasons"])
    ann = Reviewer(people.ann, item.queue)

    desk = ann.client.get(ann.page_url).content.decode()
    leased = ann.client.post(
        f"/api/v1/projects/{people.project.slug}/queues/{item.queue.pk}:next",
        "{}",
        content_type="application/json",
    )

    assert "wrong" in desk
    for seen in (desk, leased.content.decode()):
        assert secret not in seen
        assert "g-1" not in seen
    for place in ("", f"{stored.id}/", "export"):
        assert ann.client.get(url(people, place)).status_code == 403


def test_the_story_says_what_it_was_held_against_but_not_to_who_is_to_answer(
    people: Cast, lead: Client
) -> None:
    (stored,) = verified(people.project, golden_record(input={"prompt": "How long?"}))
    item = waiting(queue_in(people.project))
    Deviation.objects.create(
        prediction=item.prediction,
        version=GoldenVersion.objects.get(),
        matched_by="exact",
        deviates=True,
        distance=0.7,
        why="other_text",
    )
    story = f"/projects/{people.project.slug}/predictions/{item.prediction_id}/"
    told = f"/api/v1/projects/{people.project.slug}/predictions/{item.prediction_id}/story"

    before = read(lead, story)
    lead.get(Reviewer(people.lee, item.queue).page_url)  # takes the item

    assert url(people, f"{stored.id}/") in before
    assert "another text, distance 0.7" in before
    assert url(people, f"{stored.id}/") not in read(lead, story)
    assert lead.get(told).json()["deviation"] is None


def test_an_item_whose_pattern_is_refused_by_now_says_so(people: Cast, lead: Client) -> None:
    verified(people.project, golden_record(rule={"kind": "regex", "pattern": "days"}, target=None))
    golden = Golden.objects.get()
    assert "can no longer be used" not in read(lead, url(people, f"{golden.pk}/"))

    old = golden.versions.get()
    GoldenVersion.objects.update(is_current=False)
    old.pk, old.version, old.is_current, old.rule = None, 2, True, {"kind": "regex", "pattern": r"\C"}
    old.save(force_insert=True)

    assert "can no longer be used" in read(lead, url(people, f"{golden.pk}/"))
