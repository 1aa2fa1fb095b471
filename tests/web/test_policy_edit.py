"""The editor of a policy, as a browser without JavaScript uses it, and as htmx does."""

import html
from collections.abc import Mapping
from typing import Any, Literal

import pytest
from django.test import Client

from accounts.actor import Actor
from queues.models import Policy, PolicyDraft, Queue
from queues.route import policies
from queues.route.condition import Case, Condition, Fired, conditions
from tests.factories.policies import first_document, first_policy
from tests.factories.projects import Cast, cast
from tests.factories.traffic import came
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    people = cast()
    queues = [queue_in(people.project, slug=slug, name=slug.title()) for slug in ("answers", "safety")]
    first_policy(people.project, queues)
    return people


class Editor:
    """Lee at the editor: presses buttons of the form with what stands in the open rule."""

    def __init__(self, people: Cast, person: Any = None) -> None:
        self.client = Client()
        self.client.force_login(person or people.lee)
        self.path = f"/projects/{people.project.slug}/policy/"
        self.answer: Any = None

    def look(self, query: str = "") -> str:
        return self.client.get(f"{self.path}edit{query}").content.decode()

    def press(
        self,
        do: str,
        *,
        revision: int | None = None,
        htmx: bool = False,
        fields: Mapping[str, str] | None = None,
        **more: str,
    ) -> Any:
        draft = PolicyDraft.objects.first()
        known = revision if revision is not None else draft.revision if draft else 0
        posted = {
            "revision": str(known),
            "do": do,
            **{name.replace("__", "/"): v for name, v in more.items()},
            **(fields or {}),
        }
        headers = {"HX-Request": "true"} if htmx else {}
        self.answer = self.client.post(f"{self.path}edit/change", posted, headers=headers)
        return self.answer

    @property
    def rules(self) -> list[dict[str, Any]]:
        return list(PolicyDraft.objects.get().document["rules"])


@pytest.fixture
def editor(people: Cast) -> Editor:
    return Editor(people)


def test_looking_begins_no_draft(editor: Editor) -> None:
    shown = editor.look()

    assert "Send when the rank of mean_nll is at least 0.8" in shown
    assert "Nothing changed yet" in shown
    assert not PolicyDraft.objects.exists()


def test_a_value_is_changed_in_its_sentence(editor: Editor) -> None:
    opened = editor.look("?open=0")

    answer = editor.press("keep", open="0", fields={"/rules/0/threshold": "0.95"})

    assert 'name="/rules/0/threshold" value="0.8"' in opened
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/policy/edit?open=0#rule-0")
    assert editor.rules[0]["threshold"] == 0.95
    assert PolicyDraft.objects.get().base_version == 1


def test_what_is_no_number_stays_as_typed_and_is_told_at_its_place(editor: Editor) -> None:
    editor.press("keep", open="0", fields={"/rules/0/threshold": "0,8", "/rules/0/priority": ""})

    shown = editor.look("?open=0")

    assert editor.rules[0]["threshold"] == "0,8"
    assert "priority" not in editor.rules[0]
    assert 'value="0,8"' in shown
    assert "Input should be a valid number" in shown
    assert "1 fault" in shown


def test_every_kind_of_rule_is_added_with_a_sentence_or_its_faults(editor: Editor) -> None:
    for kind, _condition in conditions:
        editor.press(f"add:{kind}")

    names = [rule["name"] for rule in editor.rules]
    shown = editor.look()

    kinds = [kind for kind, _condition in conditions]
    assert names[3:] == ["uncertain-2" if kind == "uncertain" else kind for kind in kinds]
    assert "Send when the judges disagree by at least 0.5" in shown
    assert "Send when all of these hold: the locale is en." in shown
    for place in range(3, len(names)):
        assert editor.client.get(f"{editor.path}edit?open={place}").status_code == 200


def test_a_second_rule_of_a_kind_gets_a_name_of_its_own(editor: Editor) -> None:
    editor.press("add:pair")
    editor.press("add:pair")

    assert [rule["name"] for rule in editor.rules[3:]] == ["pair", "pair-2"]


def test_rules_move_switch_off_go_and_come_back(editor: Editor) -> None:
    editor.press("down:0")
    editor.press("off:1")
    editor.press("remove:2")
    names_without = [rule["name"] for rule in editor.rules]
    notice = editor.look()
    editor.press("undo")

    assert names_without == ["safety", "uncertain"]
    assert editor.rules[1]["enabled"] is False
    assert "The rule “audit” was removed." in notice
    assert [rule["name"] for rule in editor.rules] == ["safety", "uncertain", "audit"]
    assert "was removed" not in editor.look()


def test_a_press_elsewhere_keeps_what_was_typed_in_the_open_rule(editor: Editor) -> None:
    editor.press("remove:2", open="0", fields={"/rules/0/threshold": "0.5"})

    assert editor.rules[0]["threshold"] == 0.5
    assert len(editor.rules) == 2


def test_conditions_are_put_within_each_other(editor: Editor) -> None:
    editor.press("wrap:0", open="0")
    editor.press("part-add:/rules/0/of", open="0", fields={"kind:/rules/0/of": "any_of"})
    editor.press("part-add:/rules/0/of/2/of", open="0", fields={"kind:/rules/0/of/2/of": "safety_flagged"})
    editor.press(
        "keep", open="0", fields={"/rules/0/of/2/of/1/min_severity": "high", "/rules/0/of/2/kind": "none_of"}
    )

    rule = editor.rules[0]
    assert (rule["kind"], rule["queue"], rule["name"]) == ("all_of", "answers", "uncertain")
    assert [part["kind"] for part in rule["of"]] == ["uncertain", "attribute", "none_of"]
    assert rule["of"][2]["of"][1]["min_severity"] == "high"
    assert (
        "(none of: the locale is en; a detector flagged anything of severity high or worse)" in editor.look()
    )


def test_a_condition_is_taken_out_and_the_last_one_becomes_the_rules_own(editor: Editor) -> None:
    editor.press("wrap:0", open="0")
    editor.press("part-remove:/rules/0/of/1", open="0")
    editor.press("unwrap:0", open="0")

    rule = editor.rules[0]
    assert (rule["kind"], rule["measure"], rule["priority"]) == ("uncertain", "mean_nll", 50)


def test_no_condition_can_be_added_below_the_deepest_level(editor: Editor) -> None:
    pointer = "/rules/0/of"
    editor.press("wrap:0", open="0")
    for place in (2, 1, 1):
        editor.press(f"part-add:{pointer}", open="0", fields={f"kind:{pointer}": "any_of"})
        pointer += f"/{place}/of"

    shown = editor.look("?open=0")

    assert "at most 4 deep" in shown  # the fourth level was refused by its place
    assert f"part-add:{pointer}" not in shown


def test_the_top_of_a_day_loses_the_threshold_and_gets_its_number(editor: Editor) -> None:
    editor.press("keep", open="0", fields={"/rules/0/by": "top_per_day"})
    top = editor.rules[0]
    editor.press("keep", open="0", fields={"/rules/0/by": "rank"})

    assert (top["per_day"], "threshold" in top) == (200, False)
    assert (editor.rules[0]["threshold"], "per_day" in editor.rules[0]) == (0.9, False)


def test_a_list_is_written_a_line_each_and_may_hold_none(editor: Editor) -> None:
    editor.press("add:attribute")
    editor.press("keep", open="3", fields={"/rules/3/values": "de\r\n\r\n fr ", "/rules/3/values.none": "1"})

    assert editor.rules[3]["values"] == ["de", "fr", ""]
    assert "Send when the locale is de, fr or (none)." in editor.look()


def test_a_draft_of_another_window_is_not_overwritten_unseen(editor: Editor) -> None:
    editor.press("off:0")

    late = editor.press("keep", revision=0, open="0", fields={"/rules/0/threshold": "0.123"})

    shown = late.content.decode()
    assert late.status_code == 409
    assert "was changed in another window" in shown
    assert "threshold: 0.123" in shown  # what was typed is not lost
    assert editor.rules[0]["threshold"] == 0.8


def test_htmx_gets_only_what_a_save_changes(editor: Editor) -> None:
    editor.press("open:0", htmx=True, open="")
    names = {
        f"/rules/0/{name}": value
        for name, value in {
            "measure": "mean_nll", "by": "rank", "threshold": "0.9", "queue": "answers", "priority": "50",
            "reviews_needed": "1", "due_hours": "24", "daily_cap": "", "near_duplicates": "keep",
            "name": "doubt",
        }.items()
    }  # fmt: skip

    quiet = editor.press("", htmx=True, open="0", fields=names)
    other_controls = editor.press("", htmx=True, open="0", fields=names | {"/rules/0/by": "top_per_day"})

    assert quiet.headers["HX-Reswap"] == "none"
    assert "hx-swap-oob" in quiet.content.decode()
    assert "<form id=" not in quiet.content.decode()
    assert quiet.headers["HX-Replace-Url"].endswith("/policy/edit?open=0")
    assert other_controls.headers["HX-Reswap"] == "outerHTML"
    assert "/rules/0/per_day" in other_controls.content.decode()


@pytest.mark.parametrize(
    "do", ["fly", "up:99", "up:-1", "add:moon", "part-remove:/rules/0", "part-add:/rules/9/of", "open:١"]
)
def test_a_press_that_is_no_button_of_ours_is_refused_in_words(editor: Editor, do: str) -> None:
    answer = editor.press(do)

    assert answer.status_code == 422
    assert "has no such place" in answer.content.decode()


def test_who_changed_the_policy_meanwhile_is_told(people: Cast, editor: Editor) -> None:
    editor.press("off:0")
    document = first_document(answers="safety", safety="answers")
    policies.new_version(people.project.pk, document=document, by=Actor(people.olga.pk), reason="Other way.")
    policies.activate(people.project.pk, 2, by=Actor(people.olga.pk), reason="Now.")

    told = editor.look()
    editor.client.post(f"{editor.path}edit/rebase", {"revision": PolicyDraft.objects.get().revision})

    assert "Version 2 is in force since" in told
    assert "Version 2 is in force since" not in editor.look()
    assert editor.rules[0]["enabled"] is False


def test_two_rules_of_one_name_are_told_at_both(editor: Editor) -> None:
    editor.press("keep", open="0", fields={"/rules/0/name": "safety"})

    assert editor.look().count("Another rule has the same name") == 2


def test_warnings_stand_at_their_rules(people: Cast, editor: Editor) -> None:
    bare = Queue.objects.create(project=people.project, slug="bare", name="Bare")
    came(people.project, {"sum_nll": 1.0})
    editor.press("keep", open="0", fields={"/rules/0/queue": bare.slug})
    editor.press("remove:2")

    shown = editor.look()

    assert "This queue has no form" in shown
    assert "None of the newest 1 predictions has mean_nll" in shown
    assert "No rule audits all traffic at random" in shown


def test_a_kind_without_words_is_edited_by_plain_fields(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Plain(Condition):
        """Picks by the moon. And more."""

        kind: Literal["plain"]
        phase: Literal["new", "full"]
        share: float = 0.5
        is_strict: bool = False
        names: tuple[str, ...] = ()
        deep: dict[str, int] = {}

        def fires(self, case: Case) -> Fired | None:
            return None

    monkeypatch.setitem(conditions._by_name, "plain", Plain)
    editor.press("add:plain")
    editor.press(
        "keep",
        open="3",
        fields={
            "/rules/3/phase": "full",
            "/rules/3/share": "0.25",
            "/rules/3/is_strict": "true",
            "/rules/3/names": "a\nb",
            "/rules/3/deep": '{"a": 1}',
        },
    )

    shown = editor.look("?open=3")

    rule = editor.rules[3]
    assert (rule["phase"], rule["share"], rule["is_strict"], rule["names"], rule["deep"]) == (
        "full", 0.25, True, ["a", "b"], {"a": 1},
    )  # fmt: skip
    assert "Picks by the moon." in shown
    assert 'name="/rules/3/is_strict"' in shown


def test_the_whole_document_is_edited_as_json_with_faults_at_their_lines(editor: Editor) -> None:
    rule = '{"name": "a", "kind": "random_audit", "queue": "answers", "rate": 2}'
    text = f'{{"schema": "policy/1", "rules": [{rule}]}}'

    saved = editor.client.post(f"{editor.path}edit/json", {"document": text, "revision": "0"})
    shown = editor.look("?as=json")

    assert saved.status_code == 302
    assert "<code>/rules/0/rate</code>" in shown
    assert '<td class="number">8</td>' in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"schema": "policy/1",\n "rules": [}', "Line 2, column 12"),
        ("[]", "A policy is an object"),
        ('{"rules": [], "rules": []}', "The same key stands twice"),
        ('{"rules": [NaN]}', "NaN is not a JSON number"),
        ("[" * 100_000, "too many levels"),
        ('{"rules": ["a\\u0000"]}', "take out NUL"),
        ('{"rules": "' + "x" * 300_000 + '"}', "Write at most"),
    ],
)
def test_what_is_no_document_is_told_and_the_text_stays(editor: Editor, text: str, said: str) -> None:
    answer = editor.client.post(f"{editor.path}edit/json", {"document": text, "revision": "0"})

    assert answer.status_code == 422
    assert said in html.unescape(answer.content.decode())
    assert text[:20] in html.unescape(answer.content.decode())
    assert not PolicyDraft.objects.exists()


@pytest.mark.parametrize(
    "document",
    [
        {"schema": "policy/1", "rules": "none"},
        {
            "schema": "policy/9",
            "rules": [{"kind": "moon"}, 5, {"kind": "all_of", "of": "x"}, {"kind": ["a"]}],
        },
        {"rules": [{"name": 5, "kind": "attribute", "values": 3, "queue": {"a": 1}, "enabled": "no"}]},
    ],
)
def test_documents_that_are_not_valid_any_more_are_still_shown(
    people: Cast, editor: Editor, document: dict[str, Any]
) -> None:
    PolicyDraft.objects.create(project=people.project, person=people.lee, document=document, base_version=1)

    for query in ("", "?open=0", "?open=2", "?as=json"):
        assert editor.client.get(f"{editor.path}edit{query}").status_code == 200


def test_a_draft_is_stored_as_a_version_with_a_reason(editor: Editor) -> None:
    editor.press("off:0")
    revision = PolicyDraft.objects.get().revision

    without = editor.client.post(f"{editor.path}edit/store", {"reason": " ", "revision": revision})
    stored = editor.client.post(f"{editor.path}edit/store", {"reason": "Too much.", "revision": revision})

    assert without.status_code == 422
    assert "Say why" in without.content.decode()
    assert stored.headers["Location"].endswith("/policy/versions/2")
    policy = Policy.objects.get(version=2)
    assert (policy.reason, policy.is_active, policy.document["rules"][0]["enabled"]) == (
        "Too much.",
        False,
        False,
    )
    assert not PolicyDraft.objects.exists()


def test_a_draft_with_faults_is_not_stored(editor: Editor) -> None:
    editor.press("keep", open="0", fields={"/rules/0/threshold": "much"})
    revision = PolicyDraft.objects.get().revision

    refused = editor.client.post(f"{editor.path}edit/store", {"reason": "Because.", "revision": revision})

    assert refused.status_code == 422
    assert "Threshold" in refused.content.decode() or "threshold" in refused.content.decode()
    assert Policy.objects.count() == 1


def test_an_old_window_stores_and_discards_nothing(editor: Editor) -> None:
    editor.press("off:0")

    for what in ("store", "discard"):
        answer = editor.client.post(f"{editor.path}edit/{what}", {"reason": "Old.", "revision": "77"})
        assert answer.status_code == 409
    assert PolicyDraft.objects.exists()
    assert Policy.objects.count() == 1


def test_a_draft_is_thrown_away(editor: Editor) -> None:
    editor.press("off:0")

    editor.client.post(f"{editor.path}edit/discard", {"revision": "1"})

    assert not PolicyDraft.objects.exists()


def test_an_earlier_version_is_a_new_beginning(editor: Editor) -> None:
    editor.press("off:0")

    editor.client.post(f"{editor.path}edit/begin", {"version": "1", "revision": "1"})

    assert editor.rules[0]["enabled"] is True
    assert PolicyDraft.objects.get().base_version == 1


def test_who_may_only_read_sees_a_colleagues_draft_without_buttons(people: Cast, editor: Editor) -> None:
    editor.press("off:0")
    mel = Editor(people, people.mel)

    shown = mel.look(f"?draft={PolicyDraft.objects.get().pk}")

    assert "Lee’s draft of the policy" in shown
    assert 'name="do"' not in shown
    assert mel.press("off:0").status_code == 403
    assert mel.client.get(f"{mel.path}edit?draft=99999").status_code == 404
    assert mel.client.get(f"{mel.path}edit").status_code == 200


def test_a_draft_of_another_project_is_not_found(people: Cast, editor: Editor) -> None:
    editor.press("off:0")
    sam = Client()
    sam.force_login(people.sam)

    answer = sam.get(f"/projects/{people.other.slug}/policy/edit?draft={PolicyDraft.objects.get().pk}")

    assert answer.status_code == 404


def test_a_project_without_a_queue_says_what_is_missing() -> None:
    people = cast()

    shown = Editor(people).look()

    assert "This project has no queue yet" in shown
    assert "No rule yet" in shown


def test_hostile_names_and_values_are_text(editor: Editor) -> None:
    hostile = "<script>document.title='x'</script>"
    editor.press("keep", open="0", fields={"/rules/0/name": hostile, "/rules/0/measure": hostile})

    for query in ("", "?open=0", "?as=json"):
        assert "<script>document" not in editor.look(query)


# --- what nobody should post, and what somebody will -----------------------------------------------------


@pytest.mark.parametrize("number", ["1e30", "9" * 30])
def test_a_number_that_the_database_gives_back_as_another_is_not_kept(editor: Editor, number: str) -> None:
    editor.press("add:uncertain")

    editor.press("", open="0", fields={"/rules/0/priority": number})

    assert editor.client.get(f"{editor.path}edit").status_code == 200


@pytest.mark.parametrize("parts", [5, None, {"a": 1}, ["x"], [5], [[1]]])
def test_taking_conditions_apart_where_there_are_none_is_refused(editor: Editor, parts: object) -> None:
    editor.press("add:uncertain")
    draft = PolicyDraft.objects.get()
    draft.document["rules"] = [{"name": "a", "kind": "all_of", "queue": "answers", "of": parts}]
    draft.save()

    assert editor.press("unwrap:0").status_code in (409, 422)


@pytest.mark.parametrize("kind", [{}, [1], None])
def test_a_kind_that_is_no_text_breaks_no_press(editor: Editor, kind: object) -> None:
    editor.press("add:uncertain")
    draft = PolicyDraft.objects.get()
    draft.document["rules"] = [{"name": "a", "kind": kind, "queue": "answers"}]
    draft.save()

    assert editor.press("", open="0").status_code < 500


def test_a_place_of_five_thousand_digits_is_no_place(editor: Editor) -> None:
    editor.press("add:all_of")

    assert editor.press(f"part-add:/rules/0/of/{'9' * 5_000}", open="0").status_code in (409, 422)


def test_a_stale_form_whose_open_rule_is_gone_shows_the_draft_as_it_is(editor: Editor) -> None:
    editor.press("add:uncertain")

    assert editor.press("remove:0", revision=77, open="99").status_code == 409
