"""The figures of docs/detectors.md are what the code gives on the real data, today."""

import pytest

from tests.docs.pages import read
from tests.score.measure_detectors import FOLDER, SETS, TABLES, share

_MISSING = [name for name in SETS if not (FOLDER / f"{name}.jsonl.gz").is_file()]


@pytest.mark.skipif(bool(_MISSING), reason=f"the data is not there: set REVIEW_DATA_DIR (looked in {FOLDER})")
@pytest.mark.parametrize("title", TABLES)
def test_the_table_of_the_page_is_what_the_detectors_give(title: str) -> None:
    section = read("docs/detectors.md").partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    told = [line for line in section.splitlines() if line.startswith("|")]

    assert told == list(TABLES[title]())


def test_a_share_has_its_interval() -> None:
    assert share(0, 0) == "–"
    assert share(5, 10) == "50 % [24–76]"
    assert share(10, 10) == "100 % [72–100]"
    assert share(4, 2_316) == "0.2 % [0.1–0.4]"
