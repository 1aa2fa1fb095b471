"""`manage.py verify_audit`: the sentence, and the exit code."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from shutil import copytree

import pytest
from django.core.management import CommandError, call_command

from accounts.chain import heads
from accounts.models import Project, Seal
from tests.factories.sealed import hashed_anew, own_storage, run, sealed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(tmp_path: Path) -> Iterator[Path]:
    with own_storage(tmp_path / "heads") as folder:
        yield folder


@pytest.fixture
def chain(project: Project) -> int:
    sealed(6, chain=project.pk)
    return project.pk


def verify(*words: str) -> tuple[int, str]:
    """Exit code and what was said."""
    out = StringIO()
    try:
        call_command("verify_audit", *words, stdout=out)
    except SystemExit as left:
        return int(str(left.code)), out.getvalue()
    return 0, out.getvalue()


def test_every_chain_is_verified_and_the_newest_head_said(chain: int, project: Project) -> None:
    sealed(2, chain=0)

    code, said = verify()

    assert code == 0
    last = Seal.objects.filter(chain=chain).order_by("seq").last()
    assert last is not None
    assert f"{project.slug}: intact. {last.seq} events, 0 heads compared; newest head {last.seq}:" in said
    assert "the house: intact." in said


def test_a_break_is_said_and_is_exit_code_1(chain: int, project: Project) -> None:
    run("UPDATE accounts_event SET kind = 'x' WHERE id = %s", Seal.objects.get(chain=chain, seq=3).event_id)

    code, said = verify()

    assert code == 1
    assert f"{project.slug}: BROKEN. Place 3: event" in said and "was changed after it was sealed." in said
    assert "the house: intact." in said


def test_heads_kept_elsewhere_tell_when_those_of_the_server_are_gone(
    chain: int, project: Project, storage: Path, tmp_path: Path
) -> None:
    heads.write_due()
    copytree(storage, tmp_path / "elsewhere")
    noted = str(heads.kept(chain)[-1])
    for path in (storage / str(chain)).iterdir():
        path.unlink()
    run("UPDATE accounts_event SET kind = 'x' WHERE id = %s", Seal.objects.get(chain=chain, seq=3).event_id)
    hashed_anew(chain)

    alone = verify()
    with_the_copy = verify("--heads", str(tmp_path / "elsewhere"))
    with_the_noted = verify("--project", project.slug, "--head", noted)

    assert alone[0] == 0
    assert with_the_copy[0] == with_the_noted[0] == 1
    assert "The chain was written anew" in with_the_copy[1] and noted in with_the_noted[1]


def test_a_chain_of_which_only_the_heads_are_left_was_cut(chain: int, project: Project) -> None:
    heads.write_due()
    for table in ("accounts_seal", "accounts_sealingplace", "accounts_event"):
        run(f"DELETE FROM {table}")
    Project.objects.all().delete()
    run("DELETE FROM accounts_event")

    code, said = verify()

    assert code == 1 and f"project {chain}: BROKEN. The end was cut" in said


def test_from_a_head_only_what_comes_after_is_walked(chain: int, project: Project) -> None:
    place = Seal.objects.get(chain=chain, seq=4)
    n = Seal.objects.filter(chain=chain).count()

    code, said = verify("--project", project.slug, "--from", f"4:{bytes(place.hash).hex()}")

    assert (code, f"intact. {n - 4} events from place 4 on, 1 heads compared" in said) == (0, True)


@pytest.mark.parametrize(
    "words",
    [
        ("--project", "nobody"),
        ("--head", f"4:{'0' * 64}"),  # of which chain?
        ("--house", "--head", "4"),
        ("--heads", "/nowhere"),
        ("--house", "--project", "x"),
    ],
)
def test_wrong_use_is_not_taken_for_a_break(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as refused:
        verify(*words)

    assert refused.value.returncode != 1 or "argument" in str(refused.value)
