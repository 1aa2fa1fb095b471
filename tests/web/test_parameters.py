"""What an address asks of the pages of leads: what there is not is refused by name, never shown as all."""

import pytest

from tests.api.conftest import Program
from tests.factories.projects import Cast
from tests.factories.work import queue_in
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db
NUMBER = ("-1", "²", str(2**63))  # none of them is one
ITEMS = "agreement/items/"
# Page → what it takes → words that mean nothing there. The queue has its own test (below).
WRONG: dict[str, dict[str, tuple[str, ...]]] = {
    "agreement/": {"only": ("all", "DRAWN")},
    "agreement.csv": {"only": ("all",)},
    "agreement/groups/": {"by": ("moon", "all"), "only": ("x",), "question": ("none",)},
    "agreement/groups.csv": {"by": ("moon",), "only": ("x",), "question": ("none",)},
    "agreement/versions/": {"version": (*NUMBER, "99"), "only": ("x",), "question": ("none",)},
    "agreement/versions.csv": {"only": ("x",), "question": ("none",)},
    "agreement/texts/": {},
    "agreement/texts.csv": {},
    "agreement/target": {"question": ("none",)},
    ITEMS: {
        "by": ("moon",), "name": ("x",), "version": (*NUMBER, "99"), "differing": ("no",), "only": ("x",),
        "person": (*NUMBER, "{sam}"), "after": NUMBER, "question": ("none",),
    },
    f"{ITEMS}?by=week": {"name": ("<b>", "2026-1-1", "20260101", "")},
    "agreement/people/": {"after": NUMBER, "question": ("none",)},
    "agreement/people.csv": {"question": ("none",)},
    "agreement/differing/?other={ann}": {"one": (*NUMBER, "{sam}", "{ann}"), "question": ("none",)},
    "overrides/": {
        "kind": ("mood", "MODEL"), "became": ("gone", "x"), "before": NUMBER, "filter": ("x",),
        "category": ("x",),
    },
    "overrides/?kind=safety_filter": {"filter": ("x",), "category": ("x",)},
    "overrides.csv": {},
    "overrides/recall.csv": {"queue": ("x",)},
    "overrides/violations/": {"filter": ("x",), "missed": ("no",), "after": NUMBER},
    "overrides/people/{ann}/": {"kind": ("mood",), "became": ("gone",), "before": NUMBER},
    "people/figures/": {"after": NUMBER},
    "people/figures.csv": {"after": NUMBER},
    "people/{ann}/reviews": {"only": ("x",), "after": NUMBER},
    "checks/": {},
    "checks/results/": {
        "person": (*NUMBER, "{sam}"), "check": (*NUMBER, "99999"), "only": ("x",), "before": NUMBER,
    },
    "checks.csv": {},
    "disputes/": {"after": NUMBER},
    "queues/answers/items/": {
        "state": ("zz", "check", "OPEN"), "after": ("abc", "1_2_3", *NUMBER), "queue": ("answers",),
    },
    "queues/answers/disputes/": {"after": ("zz",)},
    "people/{ann}/figures": {"queue": ("nosuch",)},
    "recalls/": {"prediction": (), "after": ("abc",)},
}  # fmt: skip
HOSTILE = ("a\0", "x" * 10_000)


@pytest.mark.parametrize("place", WRONG)
def test_what_a_page_does_not_know_is_refused_and_named(people: Cast, signed_in: SignIn, place: str) -> None:
    queue_in(people.project, slug="answers")
    lee = signed_in(people.lee)
    ids = {"ann": people.ann.pk, "sam": people.sam.pk}
    path, _mark, query = f"/projects/{people.project.slug}/{place.format(**ids)}".partition("?")
    usual = dict(pair.split("=") for pair in query.split("&") if pair)
    some = next(iter(WRONG[place]), "queue")
    wrong = [(name, word.format(**ids)) for name, words in WRONG[place].items() for word in words]
    asked: list[tuple[str, str | list[str]]] = [
        *wrong,
        ("mood", "1"),
        *((some, word) for word in HOSTILE),
        (some, ["1", "1"]),
    ]

    told = [(name, lee.get(path, {**usual, name: word})) for name, word in asked]

    taken = [
        (asked[i], one.status_code)
        for i, (_name, one) in enumerate(told)
        if one.status_code not in (400, 404)
    ]
    assert taken == []
    texts = [(name, one.content.decode()) for name, one in told]
    assert [name for name, text in texts if f"<code>?{name}</code>" not in text and not says(text)] == []


NO_QUEUE = (
    "overrides/recall.csv", "overrides/violations/", "queues/answers/", "people/{ann}/figures", "recalls/",
)  # fmt: skip


@pytest.mark.parametrize("place", [one.partition("?")[0] for one in WRONG if not one.startswith(NO_QUEUE)])
def test_what_names_no_queue_is_not_found_and_no_word_is_all(
    people: Cast, signed_in: SignIn, place: str
) -> None:
    queue = queue_in(people.project)
    lee = signed_in(people.lee)
    path = f"/projects/{people.project.slug}/{place.format(ann=people.ann.pk)}"
    usual: dict[str, int | str] = (
        {"one": people.ann.pk, "other": people.lee.pk} if "differing" in place else {}
    )

    found = {lee.get(path, {**usual, "queue": word}).status_code for word in ("", queue.slug)}
    refused = [lee.get(path, {**usual, "queue": word}) for word in ("none-such", "-1", "²")]

    assert found == {200}
    assert {answer.status_code for answer in refused} == {404}
    assert all("There is no such queue in this project." in answer.content.decode() for answer in refused)


def says(text: str) -> bool:
    """The refusal names the thing that there is not."""
    return "Choose " in text or "no such person" in text


def test_a_number_of_any_length_is_refused_in_time(people: Cast, signed_in: SignIn) -> None:
    lee = signed_in(people.lee)

    for word in ("9" * 1999, "9" * 5000, "0", "1.5", "x"):
        found = lee.get(f"/projects/{people.project.slug}/checks/results/", {"before": word})
        assert found.status_code == 400


def test_a_refusal_says_what_may_be_chosen(people: Cast, signed_in: SignIn) -> None:
    page = signed_in(people.lee).get(f"/projects/{people.project.slug}/overrides/", {"became": "gone"})

    assert page.status_code == 400
    text = page.content.decode()
    assert "<bdi><code>?became</code></bdi> Choose one of: upheld, reversed, holds, replaced, open" in text
    assert f'href="/projects/{people.project.slug}/overrides/">The page without it' in text


def test_an_empty_word_asks_nothing(people: Cast, signed_in: SignIn) -> None:
    queue_in(people.project, slug="answers")
    lee = signed_in(people.lee)

    for page in (
        "overrides/?kind=&became=&before=",
        "agreement/?only=&queue=",
        "checks/results/?person=&only=",
        "queues/answers/items/?state=&after=&text=&who=&reason=&decision=",
    ):
        assert lee.get(f"/projects/{people.project.slug}/{page}").status_code == 200


def test_what_a_mailer_adds_to_a_link_asks_nothing_and_goes_no_further(
    people: Cast, signed_in: SignIn
) -> None:
    queue_in(people.project, slug="answers")
    added = (
        "fbclid", "gclid", "gbraid", "wbraid", "msclkid", "mc_cid", "mc_eid", "_", "utm_source", "utm_id",
    )  # fmt: skip
    path = f"/projects/{people.project.slug}/queues/answers/items/"

    found = signed_in(people.lee).get(path, {"state": "settled", **{name: ["1", "2"] for name in added}})

    assert found.status_code == 200
    assert found.context["state"] == "settled"
    assert not any(f"{name}=1" in found.content.decode() for name in added)


@pytest.mark.parametrize("name", ["utm", "utm_", "UTM_source", "utm_a\u202e", "gclids", "__", "mc_", ""])
def test_what_only_resembles_it_is_refused(people: Cast, signed_in: SignIn, name: str) -> None:
    page = signed_in(people.lee).get(f"/projects/{people.project.slug}/agreement/", {name: "1"})

    assert page.status_code == 400


def test_a_name_that_turns_the_text_round_is_shown_by_number_and_set_apart(
    people: Cast, signed_in: SignIn
) -> None:
    page = signed_in(people.lee).get(f"/projects/{people.project.slug}/agreement/", {"a\u202eb<": "1"})

    text = page.content.decode()
    assert "\u202e" not in text
    assert '<bdi><code>?a<span class="invisible-mark">U+202E</span>b&lt;</code></bdi>' in text


@pytest.mark.parametrize(
    "asked",
    [
        "agreement?only=x", "agreement?queue=none", "agreement/groups?by=moon", "agreement/groups?question=x",
        "agreement/versions?only=x", "agreement/versions?question=%00", "agreement/texts?only=drawn",
        "people/figures?page=-1", "people/figures?queue=none", "people/figures?person=1",
        "overrides?kind=mood", "overrides?became=upheld", "overrides?queue=none", "overrides?queue=a&queue=a",
        "overrides/rates?kind=model", "overrides/filters?queue=answers",
        "items?queue=none", "items?queue=", "verdicts?queue=none", "verdicts?queue=",
        "bulk-changes?queue=none",
    ],
)  # fmt: skip
def test_programs_are_refused_the_same_words_by_name(people: Cast, asked: str) -> None:
    queue_in(people.project)

    answer = Program(people, people.lee).get(asked)

    name = asked.partition("?")[2].partition("=")[0]
    assert answer.status_code in (400, 404)
    assert any(fault["pointer"] == f"?{name}" for fault in answer.json().get("errors", ())) or (
        f"no such {name}" in answer.json()["detail"]
    )
