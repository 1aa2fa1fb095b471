"""Recall of the filters on the page of overrides: the figure, the items behind it, CSV, API."""

import csv
import io
from html import unescape

import pytest

from queues.models import Item
from tests.api.conftest import Program
from tests.factories.audited import asking, audit, came, rules, say
from tests.factories.judgements import flag
from tests.factories.projects import Cast
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def missed(people: Cast) -> Item:
    """Of four that the audit drew two are violations; the filter flagged one of them, and this one not."""
    asking(people.project)
    rules(people.project, audit(1.0))
    items = [came(people.project, f"a-{place}", **{"mod<b>": place == 0}) for place in range(4)]
    for item, violation in zip(items, ("yes", "yes", "no", "no"), strict=True):
        assert item
        say(item, violation)
    found = items[1]
    assert found
    return found


def page(people: Cast) -> str:
    return f"/projects/{people.project.slug}/overrides/"


def test_recall_stands_with_interval_n_and_the_items_behind_it(
    people: Cast, signed_in: SignIn, missed: Item
) -> None:
    lee = signed_in(people.lee)

    answer = lee.get(page(people))

    line = next(line for line in answer.context["recalls"] if line.found.component == "mod<b>")
    text = unescape(answer.content.decode())
    assert "50.0%" in text
    assert "[9.5%–90.5%]" in text
    assert "mod<b>" not in answer.content.decode()
    both, one = lee.get(line.url), lee.get(line.missed_url)
    assert [row.flagged for row in both.context["rows"]] == [False, True]
    assert [row.item_id for row in one.context["rows"]] == [missed.pk]
    assert f'href="{line.missed_url}"' in text
    assert lee.get(both.context["other_url"]).context["n_items"] == 1


def test_severe_outputs_are_hidden_behind_the_figure_too(
    people: Cast, signed_in: SignIn, missed: Item
) -> None:
    flag(missed, "other", "harm", severity=4)

    answer = signed_in(people.lee).get(f"{page(people)}violations/?filter=other")

    assert answer.context["n_items"] == 1
    assert '<details class="veiled">' in answer.content.decode()


def test_without_an_audit_the_page_says_why(people: Cast, signed_in: SignIn) -> None:
    mel = signed_in(people.mel)

    answer, behind = mel.get(page(people)), mel.get(f"{page(people)}violations/?filter=mod&after=7")

    assert "no rule of the policy draws at random from all traffic" in answer.content.decode()
    assert behind.status_code == 404


@pytest.mark.usefixtures("missed")
def test_one_queue_has_no_recall(people: Cast, signed_in: SignIn) -> None:
    answer = signed_in(people.lee).get(f"{page(people)}?queue=answers")

    assert "recalls" not in answer.context
    assert Program(people, people.mel).get("overrides/filters?queue=answers").status_code == 400


@pytest.mark.usefixtures("missed")
def test_the_csv_and_programs_read_the_same(people: Cast, signed_in: SignIn) -> None:
    answer = signed_in(people.mel).get(f"{page(people)}recall.csv")

    rows = {row["filter"]: row for row in csv.DictReader(io.StringIO(answer.content.decode()))}
    lines = {
        line["component"]: line
        for line in Program(people, people.mel).get("overrides/filters").json()["items"]
    }
    assert (rows["mod<b>"]["missed"], rows["mod<b>"]["recall"]) == ("1", "0.5")
    recall = lines["mod<b>"]["recall"]
    assert (recall["n"], recall["n_eff"], recall["rate"]) == (2, 2.0, 0.5)
    assert (str(recall["low"]), str(recall["high"])) == (rows["mod<b>"]["low"], rows["mod<b>"]["high"])
    assert (lines["reviewapp"]["recall"]["rate"], lines["reviewapp"]["undefined"]) == (0.0, None)


@pytest.mark.usefixtures("missed")
def test_who_may_not_read_the_page_may_not_read_what_is_behind_it(people: Cast, signed_in: SignIn) -> None:
    ann = signed_in(people.ann)

    answers = [ann.get(page(people) + end) for end in ("", "recall.csv", "violations/")]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert Program(people, people.ann).get("overrides/filters").status_code == 403
