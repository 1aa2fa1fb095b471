"""A drawing that a template names is there: one that is not leaves a gap that nobody notices."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r'\{% icon "([^"]+)"|\bicon="([^"]+)"')


def test_every_icon_that_a_template_names_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "icons.svg").read_text()))
    named = {
        (path.name, one or other)
        for path in (ROOT / "templates").rglob("*.html")
        for one, other in NAMED.findall(path.read_text())
    }

    assert len(named) > 50
    assert {(path, name) for path, name in named if name not in drawn} == set()
