"""A server that is broken, or means harm: one sentence, an exit code, and nothing outside of the folder.

Over a socket, since what is bounded here is what is read from one.
"""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from reviewapp.client.cli import main
from reviewapp.client.ending import Ending
from reviewapp.client.folder import Place
from reviewapp.client.key import VARIABLE

TRAIN = b'{"line": 1}\n'
MEBIBYTE = 1024 * 1024
JSON = "application/json"


def file(path: str, content: bytes = TRAIN, /, **changed: Any) -> dict[str, Any]:
    return {"path": path, "bytes": len(content), "sha256": sha256(content).hexdigest()} | changed


def release(**changed: Any) -> dict[str, Any]:
    files = [file("train.jsonl")]
    return {"dataset": "refunds", "version": "1.0.0", "files": files, "manifest": {}, "recalls": 0} | changed


def row(**changed: Any) -> dict[str, Any]:
    named = {"record_id": "r-1", "prediction_id": "p-1", "split": "train", "line": 1, "decision": "approved"}
    known: dict[str, Any] = {
        "decided_at": "2026-01-01T00:00:00Z",
        "adjudicator": None,
        "reviews": [],
        "still_stands": True,
    }
    return named | known | changed


@dataclass
class Hostile:
    """What it answers to all but files: a status, a type and a body, and then spaces, so many MiB."""

    url: str
    status: int = 200
    kind: str = JSON
    packing: str = ""
    body: bytes = b""
    spaces: int = 0
    files: dict[str, bytes] = field(default_factory=lambda: {"train.jsonl": TRAIN})
    sent: int = 0

    def answers(self, told: object) -> None:
        self.body = told if isinstance(told, bytes) else json.dumps(told).encode()


class _Answering(BaseHTTPRequestHandler):
    hostile: Hostile

    def do_GET(self) -> None:
        _release, is_file, path = self.path.partition("/files/")
        told = self.hostile
        self.send_response(200 if is_file else told.status)
        self.send_header("Content-Type", told.kind)
        if told.packing and not is_file:
            self.send_header("Content-Encoding", told.packing)
        self.end_headers()
        try:
            self.wfile.write(told.files[path] if is_file else told.body)
            for _ in range(told.spaces):
                self.wfile.write(b" " * MEBIBYTE)
                told.sent += 1
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # they had enough

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_words: Any) -> None:
        """Nothing."""


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hostile]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
    told = Hostile(f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(_Answering, "hostile", told, raising=False)
    monkeypatch.setenv(VARIABLE, "rk_x")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def run(hostile: Hostile, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """The exit code, and the sentences on standard error."""

    def ask(*words: str) -> tuple[int, str]:
        code = main([*words, "--url", hostile.url, "--project", "p", "--no-progress"])
        return code, capsys.readouterr().err

    return ask


Run = Callable[..., tuple[int, str]]
DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (b"<html>Welcome</html>", "it is no JSON that can be read."),
        (b"", "it is no JSON that can be read."),
        (DEEP, "it is no JSON that can be read."),
        (b'{"files": ' + b"[" * 500 + b"]" * 500 + b"}", "it is nested too deeply."),
        ([], "it is no JSON object."),
        (None, "it is no JSON object."),
        ({"dataset": "refunds", "version": "1.0.0"}, "files is missing."),
        (release(dataset=1), "dataset is no text."),
        (release(files={}), "files is no list."),
        (release(files=[]), "files names no file."),
        (release(files=["train.jsonl"]), "files/0 is no JSON object."),
        (release(files=[file("a", path=None)]), "files/0/path is no text."),
        (release(files=[file("a", bytes="6")]), "files/0/bytes is no whole number from 0 on."),
        (release(files=[file("a", bytes=None)]), "files/0/bytes is no whole number from 0 on."),
        (release(files=[file("a", bytes=-1)]), "files/0/bytes is no whole number from 0 on."),
        (release(files=[file("a", bytes=True)]), "files/0/bytes is no whole number from 0 on."),
        (release(files=[file("a", sha256="x\n")]), "files/0/sha256 is no SHA-256"),
        (release(files=[file("a"), file("a/b")]), "files names a as a file and as a folder."),
        (release(files=[file("a/b/c"), file("A/B")]), "files names A/B as a file and as a folder."),
        (release(files=[file("a"), file("A")]), "files names A twice."),
        (release(files=[file("manifest.json/a")]), "files names manifest.json as a folder."),
        (release(manifest="x"), "manifest is no JSON object."),
        (release(recalls="x"), "recalls is no whole number from 0 on."),
        (release(recalls=None), "recalls is no whole number from 0 on."),
    ],
)
def test_what_is_no_release_is_told_in_one_sentence(
    told: object, sentence: str, hostile: Hostile, run: Run, tmp_path: Path
) -> None:
    hostile.answers(told)

    code, errors = run("pull", "refunds@1.0.0", "--to", str(tmp_path / "r"))

    assert errors.startswith(f"The server's answer is not a release: {sentence}")
    assert (code, errors.count("\n")) == (3, 1)
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("named", "told", "sentence"),
    [
        ("r-1", {}, "is not a row of a release: reviews is missing."),
        ("r-1", [], "is not a row of a release: it is no JSON object."),
        ("r-1", row(still_stands="no"), "is not a row of a release: still_stands is neither true nor false."),
        ("r-1", row(reviews=[{}]), "is not a row of a release: reviews/0/reviewer is missing."),
        ("r-1", row(adjudicator=7), "is not a row of a release: adjudicator is no text."),
        ("1", {}, "is not a release: dataset is missing."),
        ("1", release(files=[]), "is not a release: files names no file."),
    ],
)
def test_so_is_what_is_no_row(named: str, told: object, sentence: str, hostile: Hostile, run: Run) -> None:
    hostile.answers(told)

    assert run("row", "refunds@1.0.0", named) == (3, f"The server's answer {sentence}\n")


@pytest.mark.parametrize(
    ("words", "told", "sentence"),
    [
        (["push"], {"results": []}, "results tells of 0 records where 1 were sent."),
        (["push"], {"results": [{}]}, "results/0/status is missing."),
        (["change", "q", "withdraw", "--why", "x"], {}, "is not a change of items: id is missing."),
        (["status"], [], "is not a page of a list: it is no JSON object."),
    ],
)
def test_so_is_nonsense_to_the_other_commands(
    words: list[str], told: object, sentence: str, hostile: Hostile, run: Run, tmp_path: Path
) -> None:
    hostile.answers(told)
    if words == ["push"]:
        (tmp_path / "a.jsonl").write_bytes(TRAIN)
        words = ["push", str(tmp_path / "a.jsonl")]

    code, errors = run(*words)

    assert (code, errors.endswith(f"{sentence}\n"), errors.count("\n")) == (3, True, 1)


@pytest.mark.parametrize("told", [[], "no", 7, {"detail": ["x"]}, DEEP, b"{"])
def test_a_refusal_without_a_problem_document_is_one_all_the_same(
    told: object, hostile: Hostile, run: Run
) -> None:
    hostile.status = 403
    hostile.answers(told)

    assert run("pull", "refunds@1.0.0") == (3, "The server answered 403; is the address right?\n")


@pytest.mark.parametrize(
    ("status", "most", "sentence"), [(200, 80, "answers with more than 64 MiB"), (403, 16, "answered 403")]
)
def test_an_answer_without_end_is_not_read_to_its_end(
    status: int, most: int, sentence: str, hostile: Hostile, run: Run
) -> None:
    hostile.status, hostile.spaces = status, 300

    code, errors = run("pull", "refunds@1.0.0")

    assert (code, sentence in errors, hostile.sent < most) == (3, True, True)


def test_an_answer_that_unpacks_to_any_size_is_not_unpacked(hostile: Hostile, run: Run) -> None:
    hostile.packing = "gzip"
    hostile.answers(gzip.compress(json.dumps(release()).encode()))

    code, errors = run("pull", "refunds@1.0.0")

    assert (code, "packed its answer" in errors) == (3, True)


@pytest.mark.parametrize("link", ["manifest.json", ".manifest.json.part", ".train.jsonl.part", "data"])
def test_no_link_in_the_folder_leads_out_of_it(link: str, hostile: Hostile, run: Run, tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "r"
    folder.mkdir()
    if link == "data":
        outside.mkdir()
    else:
        outside.write_text("mine")
    (folder / link).symlink_to(outside)
    hostile.files["data/test.jsonl"] = TRAIN
    hostile.answers(release(files=[file("train.jsonl"), file("data/test.jsonl")]))

    code, errors = run("pull", "refunds@1.0.0", "--to", str(folder))

    assert (code, errors.startswith(f"{folder / link} leads elsewhere")) == (2, True)
    assert [*outside.iterdir()] == [] if link == "data" else outside.read_text() == "mine"


def test_nor_does_one_that_is_laid_there_after_the_look(tmp_path: Path) -> None:
    place = Place(tmp_path / "r", "train.jsonl")
    place.prepare()
    place.part.symlink_to(tmp_path / "outside")

    with pytest.raises(Ending, match="leads elsewhere"), place.writing("wb"):
        pass

    assert not (tmp_path / "outside").exists()


def test_files_named_as_half_a_file_might_be_all_arrive(hostile: Hostile, run: Run, tmp_path: Path) -> None:
    hostile.files = {"train.jsonl.part": b"other\n", "train.jsonl": TRAIN, "empty.jsonl": b""}
    hostile.answers(release(files=[file(path, content) for path, content in hostile.files.items()]))

    code, _errors = run("pull", "refunds@1.0.0", "--to", str(tmp_path))

    found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert (code, found) == (0, hostile.files | {"manifest.json": b"{}\n"})


def test_what_cannot_be_written_is_told(hostile: Hostile, run: Run, tmp_path: Path) -> None:
    hostile.answers(release())
    (tmp_path / "train.jsonl").mkdir()

    code, errors = run("pull", "refunds@1.0.0", "--to", str(tmp_path))

    assert (code, f"{tmp_path / 'train.jsonl'} cannot be written: " in errors) == (2, True)


@pytest.mark.parametrize(
    ("manifest", "word"),
    [
        (b'{"files": ' + DEEP, "no readable manifest.json"),
        (b'{"files": [{"path": "a\\u0000", "sha256": "x"}]}', "no plain path"),
    ],
)
def test_verify_reads_a_manifest_as_strictly(
    manifest: bytes, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "manifest.json").write_bytes(manifest)

    assert main(["verify", str(tmp_path)]) == 2
    assert word in capsys.readouterr().err
