"""The locked versions: complete, hashed, the same in both files, and from nowhere in particular."""

import re
import tomllib
from itertools import chain

import pytest

from reviewapp.environment import ROOT

LOCKS = ("run", "scale", "lock")
BESIDE = ("embed", "pii")  # installed beside one of the others


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS + BESIDE)
def test_a_lock_names_no_place_and_hashes_everything(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()

    assert "://" not in text
    assert "--find-links" not in text
    for block in re.split(r"\n(?=[^\s#])", text.strip()):
        assert "--hash=sha256:" in block, block


def test_all_locks_have_the_same_versions() -> None:
    run, scale, everything = (pins(name) for name in LOCKS)

    assert run.items() <= scale.items() <= everything.items()


@pytest.mark.parametrize("name", BESIDE)
def test_what_is_installed_beside_a_lock_changes_nothing_of_it(name: str) -> None:
    beside, everything = pins(name), pins("lock")

    shared = beside.keys() & everything.keys()
    assert {package: beside[package] for package in shared} == {
        package: everything[package] for package in shared
    }


def test_torch_has_a_version_and_no_hash_because_its_files_differ_between_machines() -> None:
    assert pins("torch").keys() == {"torch"}
    assert "torch" not in pins("embed")


def test_each_direct_dependency_is_locked_and_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]
    everything = pins("lock") | pins("embed") | pins("torch") | pins("pii")

    for line in chain(project["dependencies"], *project["optional-dependencies"].values()):
        name = re.split(r"[\[<>=]", line)[0]
        assert name in everything
        assert re.search(rf'^ *"{re.escape(line)}", +# \S', text, re.MULTILINE), (
            f"{line}: no reason beside it"
        )
