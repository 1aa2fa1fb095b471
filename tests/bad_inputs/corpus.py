"""The rows of the corpus, and the payloads that its recipes build."""

import importlib.util
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("BAD_INPUTS_DIR", Path(__file__).parents[2] / ".." / "shared" / "bad_inputs"))
_HEAVY_BYTES = 64 * 1024 * 1024
_HEAVY_BURST = 10_000  # requests

Row = dict[str, Any]


@cache
def _tools() -> Any:
    """The corpus brings the code that builds its payloads."""
    spec = importlib.util.spec_from_file_location("bad_inputs_expand", FOLDER / "expand.py")
    assert spec
    assert spec.loader
    tools = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tools)
    return tools


def expand(value: Any) -> Any:
    """The payload with every recipe built."""
    return _tools().expand(value)


# Posted to a page of their own, not from the review screen.
SHORTCUTS = frozenset({"shortcut_settings"})


def by_kind(
    file: str, *, only: frozenset[str] | None = None, without: frozenset[str] = frozenset()
) -> list[Any]:
    """Parameters for one test per kind of row; the heavy rows apart, for the full run only."""
    if not (FOLDER / file).is_file():
        reason = f"the corpus is not there: set BAD_INPUTS_DIR (looked in {FOLDER})"
        return [pytest.param([], marks=pytest.mark.skip(reason=reason), id="no-folder")]
    light: dict[str, list[Row]] = defaultdict(list)
    heavy: dict[str, list[Row]] = defaultdict(list)
    for row in _tools().rows(file):
        if row["kind"] in without or (only is not None and row["kind"] not in only):
            continue
        is_heavy = _weight(row["payload"]) >= _HEAVY_BYTES or row["payload"].get("burst", 0) >= _HEAVY_BURST
        (heavy if is_heavy else light)[row["kind"]].append(row)
    return [pytest.param(rows, id=kind) for kind, rows in light.items()] + [
        pytest.param(rows, id=f"{kind}-heavy", marks=pytest.mark.slow) for kind, rows in heavy.items()
    ]


def _weight(value: Any) -> int:
    """About how many bytes the recipes in a payload build."""
    if isinstance(value, list):
        return sum(map(_weight, value))
    if not isinstance(value, dict):
        return 0
    own = max(value.get("mb", 0), value.get("zeros_mb", 0)) * 1024 * 1024
    if value.get("op") == "repeat":
        own += len(value["text"]) * value["n"]
    return own + sum(map(_weight, value.values()))


def fill(text: Any, values: dict[str, str]) -> Any:
    """Placeholders such as {key} by what this run has for them."""
    if isinstance(text, str):
        for name, value in values.items():
            text = text.replace("{" + name + "}", value)
    return text


Send = Callable[[Row], Any]


def each(rows: list[Row]) -> Iterator[tuple[Row, Any]]:
    """Row and built payload."""
    for row in rows:
        yield row, expand(row["payload"])
