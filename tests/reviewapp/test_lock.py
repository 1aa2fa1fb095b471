"""The locked versions: complete, hashed, the same in both files, and from nowhere in particular."""

import re
import tomllib
from itertools import chain

import pytest

from reviewapp.environment import ROOT

LOCKS = ("run", "scale", "lock")


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_place_and_hashes_everything(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()

    assert "://" not in text
    assert "--find-links" not in text
    for block in re.split(r"\n(?=[^\s#])", text.strip()):
        assert "--hash=sha256:" in block, block


def test_all_locks_have_the_same_versions() -> None:
    run, scale, everything = (pins(name) for name in LOCKS)

    assert run.items() <= scale.items() <= everything.items()


def test_each_direct_dependency_is_locked_and_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]
    everything = pins("lock")

    for line in chain(project["dependencies"], *project["optional-dependencies"].values()):
        name = re.split(r"[\[<>=]", line)[0]
        assert name in everything
        assert re.search(rf'^ *"{re.escape(line)}", +# \S', text, re.MULTILINE), (
            f"{line}: no reason beside it"
        )
