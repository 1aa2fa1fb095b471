"""Tables scroll inside a box that keys reach and that has a name: the same on every page."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
INSIDE_ANOTHER = {"checks/_told.html"}  # in a box of the review screen that scrolls itself
TABLE = re.compile(r'<table class="table')


def test_every_table_stands_in_a_box_that_keys_reach_and_that_has_a_name() -> None:
    wrong = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        text, name = path.read_text(), str(path.relative_to(TEMPLATES))
        boxes = re.findall(r'<div class="table-(?:box|scroll)"[^>]*>', text)
        if name not in INSIDE_ANOTHER and len(TABLE.findall(text)) > len(boxes):
            wrong.append((name, "a table without a box"))
        wrong += [(name, box) for box in boxes if not _is_reached(box)]

    assert wrong == []


def test_the_sign_of_what_goes_on_is_drawn_in_one_place() -> None:
    styles = {path.name: path.read_text() for path in (ROOT / "static/css").glob("*.css")}

    of_boxes = [
        name for name, text in styles.items() if re.search(r"\.table-(box|scroll)[^{]*\{[^}]*overflow", text)
    ]

    assert of_boxes == ["components.css"]
    assert "background-attachment: local, local, scroll, scroll" in styles["components.css"]


def _is_reached(box: str) -> bool:
    return (
        'tabindex="0"' in box
        and 'role="region"' in box
        and re.search(r"aria-label(ledby)?=", box) is not None
    )
