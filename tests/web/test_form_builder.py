"""The form of a queue in the browser: versions, the builder without a script, publishing, refusals."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import Actor
from queues.models import FormDraft, FormVersion, Queue
from queues.review import form as forms
from queues.review import form_versions
from queues.review.form_templates import templates
from queues.web.form_builder.controls import options_of
from queues.web.form_builder.operations import operate
from tests.factories.projects import Cast
from tests.factories.questions import KINDS, question
from tests.factories.work import FORM, TONE, queue_in, waiting
from tests.web.controls import posted

EVERY_KIND: dict[str, Any] = {
    **FORM,
    "guideline": "Line one.\n\nLine two.",
    "questions": [
        *(question(kind) for kind in KINDS),
        question("yes_no", key="again", asked_when={"question": "rating", "any_of": [1, 2]}, required=True),
        question("number", key="count", asked_when={"decision": ["reject"]}, minimum=0, unit="items"),
        question("multiple_choice", key="some", min_chosen=0, required_for=[], bad_values=["brief"]),
    ],
}
pytestmark = pytest.mark.django_db


class Builder:
    """Lee at the form of one queue, without JavaScript."""

    def __init__(self, people: Cast, **queue: Any) -> None:
        self.client = Client(raise_request_exception=False)
        self.client.force_login(people.lee)
        self.queue: Queue = queue_in(people.project, **queue)
        self.root = f"/projects/{people.project.slug}/queues/{self.queue.slug}/form/"

    def get(self, path: str = "", **query: Any) -> str:
        answer = self.client.get(self.root + path, query)
        assert answer.status_code == 200, answer.content.decode()[:2000]
        return answer.content.decode()

    def controls(self) -> dict[str, list[str]]:
        """What the page would send as it stands."""
        page = self.get("edit")
        form = page[page.index('<form id="draft"') :]
        found: dict[str, list[str]] = {}
        for name, value in posted(form[: form.index("</form>")]):
            found.setdefault(name, []).append(value)
        return found

    def change(self, do: str = "", *, as_script: bool = False, **changes: Any) -> Any:
        fields = self.controls() | {name.replace("__", "."): value for name, value in changes.items()}
        headers = {"HX-Request": "true"} if as_script else {}
        return self.client.post(f"{self.root}edit/change", {**fields, "do": do}, headers=headers)

    def post(self, verb: str, **fields: Any) -> Any:
        draft = FormDraft.objects.filter(queue=self.queue).first()
        return self.client.post(
            f"{self.root}edit/{verb}", {"revision": draft.revision if draft else 0, **fields}
        )

    @property
    def document(self) -> Any:
        return FormDraft.objects.get(queue=self.queue).document


@pytest.fixture
def lead(people: Cast) -> Builder:
    return Builder(people, form={**FORM, "questions": [TONE]})


def test_no_style_is_copied_into_what_a_swap_brings(people: Cast) -> None:
    """The policy of the page refuses a style attribute, also one that htmx would carry over."""
    page = Builder(people).get("edit")

    config = json.loads(page.partition('name="htmx-config" content=\'')[2].partition("'")[0])
    assert config["attributesToSettle"] == ["class", "width", "height"]


def test_a_builder_that_is_sent_as_it_came_changes_nothing(people: Cast) -> None:
    lead = Builder(people, form=EVERY_KIND)

    answer = lead.change(title="ignored")

    assert answer.status_code == 302
    assert not FormDraft.objects.exists()


@pytest.mark.parametrize("name", templates())
def test_a_draft_of_a_template_is_edited_published_and_asked(people: Cast, name: str) -> None:
    lead = Builder(people)
    waiting(lead.queue)

    begun = lead.post("begin", template=name)
    changed = lead.change(form__title="Ours", q__0__label="Is it good?")
    published = lead.post("publish", reason="We begin with this.")

    assert [answer.status_code for answer in (begun, changed, published)] == [302, 302, 302]
    form = FormVersion.objects.get(queue=lead.queue, version=2)
    expected = {**templates()[name].document, "title": "Ours"}
    assert form.document["title"] == "Ours"
    assert form.document["questions"][0]["label"] == "Is it good?"
    assert form.document["questions"][1:] == expected["questions"][1:]
    assert not FormDraft.objects.exists()
    assert "Version 2" in lead.get() and "We begin with this." in lead.get()


@given(st.data())
def test_options_are_read_back_from_the_lines_that_they_are_drawn_as(data: st.DataObject) -> None:
    values = st.from_regex(r"[a-z0-9_]{1,8}", fullmatch=True)
    labels = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=12)
    options = [
        {"value": value, "label": label}
        for value, label in data.draw(st.lists(st.tuples(values, labels), max_size=6))
    ]
    text = "\n".join(f"{one['value']} = {one['label']}" for one in options)

    assert options_of(text) == options


def test_options_without_values_get_values_that_differ() -> None:
    assert options_of("Too long\n\nToo long!\nreal = Real = yes\nÄ") == [
        {"value": "too_long", "label": "Too long"},
        {"value": "too_long_2", "label": "Too long!"},
        {"value": "real", "label": "Real = yes"},
        {"value": "option", "label": "Ä"},
    ]
    assert options_of("other = Other *", notes=True) == [
        {"value": "other", "label": "Other", "needs_note": True}
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_of_each_kind_is_added_and_makes_a_form(lead: Builder, kind: str) -> None:
    lead.change(f"add:{kind}")

    added = lead.document["questions"][1]
    assert (added["kind"], added["label"]) == (kind, "New question")
    forms.parse(lead.document)


def test_questions_are_moved_copied_and_removed(lead: Builder) -> None:
    lead.change("add:yes_no")
    lead.change("up:1")
    assert [one["key"] for one in lead.document["questions"]] == ["yes_no", "tone"]

    lead.change("copy:0")
    lead.change("down:0")
    assert [one["key"] for one in lead.document["questions"]] == ["yes_no_2", "yes_no", "tone"]

    lead.change("remove:1")
    assert [one["key"] for one in lead.document["questions"]] == ["yes_no_2", "tone"]


def test_a_removed_question_comes_back_where_it_was(lead: Builder) -> None:
    lead.change("add:yes_no")
    before = lead.document
    lead.change("remove:0")
    assert "The question “How is the tone?” was removed." in lead.get("edit")

    lead.change("undo")

    assert lead.document == before
    assert "was removed" not in lead.get("edit")


def test_added_options_leave_the_old_values_what_they_were(lead: Builder) -> None:
    lead.change(q__0__options="fine = Fine\nrude = Rude\nwarm = Warm")
    assert "Old values stay what they were" in lead.get("edit")

    lead.change("keep:tone")

    assert lead.post("publish", reason="One more.").status_code == 302
    form = FormVersion.objects.get(queue=lead.queue, version=2)
    assert form.mappings == {"tone": {"fine": "fine", "rude": "rude"}}


@pytest.mark.parametrize(
    "do",
    [
        "undo",
        "keep:tone",
        "keep:",
        "up:0",
        "down:9",
        "remove:x",
        "kind:0:slider",
        "add:slider",
        "burn:1",
        "up:",
        "up:" + "9" * 5_000,
    ],
)
def test_a_press_on_nothing_changes_nothing(do: str) -> None:
    document = {**FORM, "questions": [TONE]}

    assert operate(document, do).document == document


def test_another_kind_keeps_what_both_have(lead: Builder) -> None:
    to: dict[str, Any] = {"to:0": "multiple_choice"}

    lead.change("kind:0", **to)

    assert lead.document["questions"][0] == {**TONE, "kind": "multiple_choice"}


def test_what_is_typed_is_kept_with_its_fault_at_its_place(lead: Builder) -> None:
    lead.change(q__0__options="only = One", q__0__key="not a key")

    page = lead.get("edit")

    assert lead.document["questions"][0]["options"] == [{"value": "only", "label": "One"}]
    assert "at least 2 items" in page and "should match pattern" in page
    assert "The preview comes back when the faults are put right." in page
    refused = lead.post("publish", reason="Try.")
    assert refused.status_code == 422
    assert FormVersion.objects.filter(queue=lead.queue).count() == 1


def test_publishing_needs_a_reason_and_keeps_the_draft(lead: Builder) -> None:
    lead.change("add:yes_no")

    refused = lead.post("publish", reason=" ")

    assert refused.status_code == 422
    assert "Say why the form changes." in refused.content.decode()
    assert FormDraft.objects.exists()


def test_an_older_window_overwrites_nothing_and_shows_what_it_had(lead: Builder) -> None:
    lead.change("add:yes_no")
    stale = lead.controls() | {"revision": ["9"], "form.title": ["Mine, of the other window"]}

    answer = lead.client.post(f"{lead.root}edit/change", {**stale, "do": ""})

    assert answer.status_code == 409
    assert "Mine, of the other window" in answer.content.decode()
    assert lead.document["title"] == FORM["title"]


def test_a_draft_of_an_older_version_must_be_put_on_top_first(lead: Builder, people: Cast) -> None:
    lead.change("add:yes_no")
    form_versions.new_version(
        lead.queue,
        document={**FORM, "questions": [TONE, question("rating")]},
        by=Actor(people.olga.pk),
        reason="Meanwhile.",
    )

    refused = lead.post("publish", reason="Mine.")
    assert refused.status_code == 409
    assert "Version 2 was published since" in lead.get("edit")
    lead.post("rebase")
    assert lead.post("publish", reason="Mine.").status_code == 302
    assert FormVersion.objects.filter(queue=lead.queue).count() == 3


def test_changed_values_are_published_once_each_old_one_is_mapped(lead: Builder) -> None:
    lead.change(q__0__options="good = Good\nbad = Bad")
    page = lead.get("edit")
    assert 'name="map:tone:fine"' in page and 'name="map:tone:rude"' in page
    assert lead.post("publish", reason="Clearer.").status_code == 422

    mapped: dict[str, Any] = {"map:tone:fine": "good", "map:tone:rude": "bad"}

    lead.change(**mapped)

    assert lead.post("publish", reason="Clearer.").status_code == 302
    assert FormVersion.objects.get(queue=lead.queue, version=2).mappings == {
        "tone": {"fine": "good", "rude": "bad"}
    }
    assert "mapped" in lead.get()


def test_a_script_gets_only_what_a_save_changes(lead: Builder) -> None:
    saved = lead.change(as_script=True, form__title="Other")
    pressed = lead.change("add:yes_no", as_script=True)

    assert saved.headers["HX-Reswap"] == "none"
    assert 'id="preview"' in saved.content.decode() and 'id="builder"' not in saved.content.decode()
    assert 'id="builder"' in pressed.content.decode()


def test_a_form_goes_out_as_json_and_comes_back(lead: Builder) -> None:
    out = lead.client.get(f"{lead.root}versions/1.json")

    answer = lead.post("json", document=json.dumps({**json.loads(out.content), "title": "Imported"}))

    assert "attachment" in out.headers["Content-Disposition"]
    assert answer.status_code == 302
    assert lead.document["title"] == "Imported"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1"),
        ("[]", "JSON object"),
        ("[" * 9_000 + "]" * 9_000, "nested too deep"),
        ('{"title": "a\\u0000b"}', "cannot keep"),
        ('{"a": ' * 30 + "1" + "}" * 30, "cannot keep"),
    ],
)
def test_what_is_no_form_at_all_is_refused_and_stays_to_be_mended(
    lead: Builder, text: str, said: str
) -> None:
    answer = lead.post("json", document=text)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not FormDraft.objects.exists()


@pytest.mark.parametrize(
    "document",
    [{}, {"questions": 3}, {"questions": [3, {"kind": "x"}, {}]}, {"decisions": 1, "reasons": [1]}],
)
def test_a_draft_may_be_as_wrong_as_it_likes(lead: Builder, document: dict[str, Any]) -> None:
    lead.post("json", document=json.dumps(document))

    assert lead.document == document
    assert "keeps it from being published" in lead.get("edit").replace("keep it", "keeps it")
    assert lead.change("add:yes_no").status_code == 302


def test_hostile_words_of_a_form_are_text_on_every_page(people: Cast) -> None:
    words = '"><script>alert(1)</script>'
    hostile = {**TONE, "label": words, "help": words, "guideline": words}
    lead = Builder(people, form={**FORM, "title": words, "guideline": words, "questions": [hostile]})

    for path in ("", "edit", "versions/1"):
        assert "<script>alert" not in lead.get(path)


def test_a_queue_without_a_form_says_what_to_do(people: Cast) -> None:
    lead = Builder(people)
    lead.queue = Queue.objects.create(project=people.project, slug="bare", name="Bare")
    lead.root = f"/projects/{people.project.slug}/queues/bare/form/"

    assert "This queue has no form yet" in lead.get()
    lead.change("add:yes_no", form__title="First")
    assert lead.post("publish", reason="The first.").status_code == 302
    assert FormVersion.objects.get(queue=lead.queue).version == 1


def test_another_projects_queue_is_no_place(lead: Builder, people: Cast) -> None:
    foreign = queue_in(people.other)

    answer = lead.client.get(f"/projects/{people.project.slug}/queues/{foreign.slug}/form/")

    assert answer.status_code == 404


def test_the_pages_cost_the_same_however_many_items_wait(
    lead: Builder, django_assert_max_num_queries: Any
) -> None:
    for _n in range(3):
        waiting(lead.queue)

    with django_assert_max_num_queries(25):
        lead.get("edit")


def test_a_number_of_more_digits_than_python_reads_is_refused(lead: Builder) -> None:
    answer = lead.post("json", document='{"title": %s}' % ("9" * 5_000))

    assert answer.status_code == 422
    assert not FormDraft.objects.exists()
