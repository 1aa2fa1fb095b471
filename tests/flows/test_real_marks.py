"""Real marks of real people, made again by mouse and by key: what is stored is what the file says.

A small cut of one set runs by default; `make test-all` makes a hundred rows of each again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from queues.models import Review, Slot
from tests.factories.projects import Cast
from tests.factories.work import FORM, queue_in, waiting
from tests.flows.conftest import Enter
from tests.flows.outside_data import rows_of
from tests.flows.screen import Screen
from tests.flows.test_marking import select, value_of

Row = dict[str, Any]
Stored = tuple[str, int, int, str, str]  # text, start, end, category, severity

# The keys that lead from the first word of the text, selected, to [start, end) code points.
_KEYS = """([box, start, end]) => {
  const map = new reviewapp.TextMap([document.querySelector(box)]);
  const { next, at } = reviewapp.segments;
  const [from, to] = [map.unitOf(start), map.unitOf(end)];
  const keys = [];
  let word = at(map.text, 0, 'word');
  while (word[1] <= from && next(map.text, word[1], 'word')) {
    word = next(map.text, word[1], 'word');
    keys.push('ArrowRight');
  }
  let [left, right] = word;
  for (let further = next(map.text, right, 'word'); further && further[0] < to; ) {
    keys.push('Shift+ArrowRight');
    right = further[1];
    further = next(map.text, right, 'word');
  }
  const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const letters = (text) => [...graphemes.segment(text)].length;
  const add = (key, text) => keys.push(...Array(letters(text)).fill(key));
  // Wider first: an edge does not pass the other one.
  if (left > from) add('Alt+ArrowLeft', map.text.slice(from, left));
  if (right < to) add('Alt+Shift+ArrowRight', map.text.slice(right, to));
  if (right > to) add('Alt+Shift+ArrowLeft', map.text.slice(to, right));
  if (left < from) add('Alt+ArrowRight', map.text.slice(left, from));
  return keys;
}"""

BOXES = {"output": "[data-output]", "input": "[data-input-part]"}


@dataclass(frozen=True)
class Wanted:
    """One place of the file: [start, end) of the output or of the input, its category and severity."""

    start: int
    end: int
    category: str
    severity: str = ""
    on: str = "output"


def errors_of(row: Row) -> list[Wanted]:
    """qa_feedback: error spans of the first output, each with its kind."""
    spans: Any = next((a["spans"] for a in row["annotations"] if a["question"] == "errors"), [])
    return [Wanted(one["start"], one["end"], one["label"]) for one in spans]


def mqm_of(row: Row) -> list[Wanted]:
    """mqm: the rater with the most marks, in the translation and in its source."""
    raters = [a["spans"] for a in row["annotations"] if a["question"] == "mqm"]
    spans: list[Row] = [one for one in max(raters, key=len, default=[]) if one.get("start") is not None]
    sides = {None: "output", "source": "input"}
    return [
        Wanted(one["start"], one["end"], one["label"], one["severity"], sides[one.get("side")])
        for one in spans
    ]


def edits_of(row: Row) -> list[Wanted]:
    """lamp: what a writer changed, where the place is known."""
    spans: Any = next((a["spans"] for a in row["annotations"] if a["question"] == "edits"), [])
    known = [one for one in spans if "derived_start" in one]
    return [Wanted(one["derived_start"], one["derived_end"], one["label"]) for one in known]


SETS: dict[str, Callable[[Row], list[Wanted]]] = {
    "qa_feedback": errors_of,
    "mqm_2023_3raters": mqm_of,
    "lamp_edits": edits_of,
}


def coded(labels: set[str]) -> dict[str, str]:
    """A form's code for each label of the file."""
    return {label: f"c{n}" for n, label in enumerate(sorted(labels))}


@pytest.mark.parametrize(
    ("name", "size"),
    [("mqm_2023_3raters", 2), *(pytest.param(name, 100, marks=pytest.mark.slow) for name in SETS)],
)
def test_the_marks_of_the_file_are_stored_code_point_for_code_point(
    people: Cast, enter: Enter, live_server: LiveServer, name: str, size: int
) -> None:
    every = rows_of(name)
    marks = {row["prediction_id"]: SETS[name](row) for row in every}
    with_marks = [row for row in every if marks[row["prediction_id"]]]
    # Those with marks on both sides first, and of them those with the fewest.
    with_marks.sort(
        key=lambda row: (
            -len({mark.on for mark in marks[row["prediction_id"]]}),
            len(marks[row["prediction_id"]]),
        )
    )
    rows = with_marks[:size]
    assert len(rows) == size
    used = [mark for row in rows for mark in marks[row["prediction_id"]]]
    categories, severities = coded({m.category for m in used}), coded({m.severity for m in used} - {""})
    asked = {"key": "marks", "kind": "spans", "label": "Marks", "on": ["output", "input"]} | {
        field: [{"value": code, "label": label[:200]} for label, code in codes.items()]
        for field, codes in (("categories", categories), ("severities", severities))
    }
    queue = queue_in(people.project, form={**FORM, "reasons": [], "questions": [asked]})
    wanted: dict[int, list[Wanted]] = {}
    for row in rows:
        item = waiting(queue, output_text=row["output"], record={"input": {"prompt": row["prompt"]}})
        wanted[item.pk] = marks[row["prediction_id"]]
    screen = Screen(enter(people.ann), live_server.url, queue).open()

    for number in range(size):
        item_id = Slot.objects.get(pk=screen.slot).item_id
        for n, mark in enumerate(sorted(set(wanted[item_id]), key=lambda one: (one.start, one.end))):
            make(screen, mark, [*categories], [*severities], by_mouse=(n + number) % 2 == 0)
            assert place_of(mark, categories, severities) in stored(value_of(screen, "marks")), (number, mark)
        screen.press("Escape", "Escape", "Escape")
        if number + 1 < size:
            screen.leave("a")
        else:
            screen.press("a")
            screen.page.get_by_role("heading", name="Nothing waits").wait_for()

    for review in Review.objects.filter(item__in=wanted):
        assert stored(review.answers["marks"]) == {
            place_of(mark, categories, severities) for mark in wanted[review.item_id]
        }
    assert Review.objects.filter(item__in=wanted).count() == size


def place_of(mark: Wanted, categories: dict[str, str], severities: dict[str, str]) -> Stored:
    """The mark as it must be stored."""
    return mark.on, mark.start, mark.end, categories[mark.category], severities.get(mark.severity, "")


def stored(places: list[Row]) -> set[Stored]:
    return {
        (one.get("on", "output"), one["start"], one["end"], one["category"], one.get("severity", ""))
        for one in places
    }


def make(
    screen: Screen, mark: Wanted, categories: list[str], severities: list[str], *, by_mouse: bool
) -> None:
    """Mark one place, and see what is selected before it is."""
    screen.press("Escape", "Escape", "Escape")
    box = BOXES[mark.on]
    if by_mouse:
        select(screen, mark.start, mark.end, box)
    else:
        screen.page.locator("[data-output]").evaluate("box => (box.scrollTop = 0)")
        screen.press("h", *["h"] * (mark.on == "input"))
        screen.press(*screen.page.evaluate(_KEYS, [box, mark.start, mark.end]))
    page, digit = divmod(categories.index(mark.category), 10)
    screen.press(*["."] * page, str((digit + 1) % 10))
    if severities:
        screen.press(str(severities.index(mark.severity) + 1))
