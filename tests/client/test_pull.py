import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random

import httpx
import pytest

from reviewapp.client import cli
from reviewapp.client.ending import Away, Ending
from reviewapp.client.pull import pull
from reviewapp.client.server import TRIES, Server
from reviewapp.client.verify import verify

TRAIN = b"".join(json.dumps({"line": n}).encode() + b"\n" for n in range(2_000))
SUM = sha256(TRAIN).hexdigest()
FILE = {"path": "data/train.jsonl", "bytes": len(TRAIN), "sha256": SUM, "rows": 2_000, "url": ""}


class Releases(httpx.BaseTransport):
    """A server with one release that cuts its first downloads after some bytes."""

    def __init__(self, cuts: list[int], files: list[dict[str, object]]) -> None:
        self.cuts, self.files = cuts, files
        self.ranges: list[str] = []
        self.told: dict[str, object] = {}  # instead of what an honest server says
        self.busy = 0  # so many downloads are answered with 503

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if "/files/" not in request.url.path:
            manifest = {"files": self.files}
            told: dict[str, object] = {
                "dataset": "refunds",
                "version": "1.0.0",
                "files": self.files,
                "manifest": manifest,
            }
            told |= self.told
            return httpx.Response(200, json=told)
        if self.busy:
            self.busy -= 1
            return httpx.Response(503, headers={"Retry-After": "2"}, json={"detail": "Busy."})
        asked = request.headers.get("Range", "")
        self.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-") or 0)
        assert not start or request.headers["If-Range"] == f'"{SUM}"'
        stream = _Cut(TRAIN[start:], self.cuts.pop(0) if self.cuts else None)
        return httpx.Response(206 if start else 200, stream=stream)


class _Cut(httpx.SyncByteStream):
    def __init__(self, rest: bytes, after: int | None) -> None:
        self._rest, self._after = rest, after

    def __iter__(self) -> Iterator[bytes]:
        yield self._rest[: self._after]
        if self._after is not None:
            raise httpx.ReadError("cut")


def server_with(cuts: list[int], files: list[dict[str, object]] | None = None) -> tuple[Server, Releases]:
    releases = Releases(cuts, [FILE] if files is None else files)
    return Server("http://x", "p", "rk_x", sleep=lambda _seconds: None, transport=releases), releases


def test_a_cut_download_goes_on_where_it_was(tmp_path: Path) -> None:
    server, releases = server_with([1_000, 500])

    pull(server, "refunds@1.0.0", tmp_path / "r", has_bar=False)

    assert (tmp_path / "r" / "data" / "train.jsonl").read_bytes() == TRAIN
    assert releases.ranges == ["", "bytes=1000-", "bytes=1500-"]
    assert [file["state"] for file in verify(tmp_path / "r")] == ["ok"]


def test_fifty_cuts_at_any_byte_end_in_the_same_file(tmp_path: Path) -> None:
    cuts = [chance.randrange(1, len(TRAIN) // 60) for chance in [Random(7)] for _cut in range(50)]
    server, releases = server_with(list(cuts))

    pull(server, "refunds@1.0.0", tmp_path, has_bar=False)

    assert sha256((tmp_path / "data" / "train.jsonl").read_bytes()).hexdigest() == SUM
    assert releases.ranges == ["", *(f"bytes={sum(cuts[:n])}-" for n in range(1, 51))]


def test_a_server_that_is_busy_in_the_middle_is_waited_for(tmp_path: Path) -> None:
    releases, waits = Releases([1_000], [FILE]), list[float]()

    def busy_now(seconds: float) -> None:
        waits.append(seconds)
        releases.busy = 2 if len(waits) == 1 else releases.busy

    server = Server("http://x", "p", "rk_x", sleep=busy_now, transport=releases)
    pull(server, "refunds@1.0.0", tmp_path, has_bar=False)

    assert waits[1:] == [2.0, 2.0]
    assert releases.ranges == ["", "bytes=1000-"]


def test_a_second_pull_downloads_nothing(tmp_path: Path) -> None:
    server, releases = server_with([])

    for _ in range(2):
        pull(server, "refunds@latest", tmp_path, has_bar=False)

    assert releases.ranges == [""]


def test_what_was_given_up_is_kept_for_the_next_pull(tmp_path: Path) -> None:
    server, _releases = server_with([10, *[0] * TRIES])
    with pytest.raises(Away):
        pull(server, "refunds@1.0.0", tmp_path, has_bar=False)

    server, releases = server_with([])
    pull(server, "refunds@1.0.0", tmp_path, has_bar=False)

    assert releases.ranges == ["bytes=10-"]


@pytest.mark.parametrize("path", ["../evil", "/etc/passwd", "a/../../b", "a\\b", "", "a\0b"])
def test_a_server_cannot_write_outside_of_the_folder(tmp_path: Path, path: str) -> None:
    server, releases = server_with([], [FILE | {"path": path}])

    with pytest.raises(Ending, match="no plain path"):
        pull(server, "refunds@1.0.0", tmp_path / "r", has_bar=False)

    assert releases.ranges == []


def test_verify_tells_what_is_missing_and_what_was_changed(tmp_path: Path) -> None:
    server, _releases = server_with([])
    pull(server, "refunds@1.0.0", tmp_path, has_bar=False)
    file = tmp_path / "data" / "train.jsonl"

    file.write_bytes(TRAIN + b" ")
    assert [one["state"] for one in verify(tmp_path)] == ["changed"]

    file.unlink()
    assert [one["state"] for one in verify(tmp_path)] == ["missing"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("refunds@latest", {"dataset": "../.ssh/x", "version": "/.."}),
        ("refunds@latest", {"dataset": "refunds", "version": "../../x"}),
        ("refunds@latest", {"dataset": "/tmp/elsewhere"}),
        ("refunds@1.0.0", {"version": "2.0.0"}),
        ("refunds@latest", {"dataset": "others"}),
    ],
)
def test_a_server_cannot_name_the_folder_that_is_written(
    asked: str, told: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    server, releases = server_with([])
    releases.told = told

    with pytest.raises(Ending, match="another release"):
        pull(server, asked, None, has_bar=False)

    assert [*tmp_path.rglob("*")] == [tmp_path / "here"]


def test_a_file_that_goes_on_beyond_its_size_is_given_up(tmp_path: Path) -> None:
    server, _releases = server_with([], [FILE | {"bytes": 100}])

    with pytest.raises(Away):
        pull(server, "refunds@1.0.0", tmp_path, has_bar=False)

    assert not [*tmp_path.rglob("*.jsonl")]


def test_a_link_that_leads_elsewhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.jsonl").symlink_to(tmp_path / "elsewhere")
    server, _releases = server_with([])

    with pytest.raises(Ending, match="leads elsewhere"):
        pull(server, "refunds@1.0.0", tmp_path, has_bar=False)


def test_a_manifest_without_files_is_not_called_whole(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"files": []}')

    with pytest.raises(Ending, match="no file"):
        verify(tmp_path)


def test_what_lies_beside_the_files_of_the_manifest_is_told(tmp_path: Path) -> None:
    server, _releases = server_with([])
    pull(server, "refunds@1.0.0", tmp_path, has_bar=False)
    (tmp_path / "data" / "train-2.jsonl").write_bytes(TRAIN)

    assert verify(tmp_path) == [
        {"path": "data/train.jsonl", "state": "ok"},
        {"path": "data/train-2.jsonl", "state": "unlisted"},
    ]


@pytest.mark.parametrize(
    ("recalls", "more", "code"), [(0, [], 0), (2, [], 5), (2, ["--verify"], 5), (2, ["--with-withdrawn"], 0)]
)
def test_a_pull_of_what_was_withdrawn_since_fails_unless_that_is_asked_for(
    recalls: int,
    more: list[str],
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server, releases = server_with([])
    releases.told = {"recalls": recalls}
    monkeypatch.setattr(cli, "_server", lambda _options: server)

    asked = ["pull", "refunds@1.0.0", "--no-progress", "--to", str(tmp_path / "r"), *more]
    assert cli.main(asked) == code

    told = capsys.readouterr()
    assert json.loads(told.out)["recalls"] == recalls
    assert ("withdrawn since: 2" in told.err) == bool(recalls)
    assert (tmp_path / "r" / "data" / "train.jsonl").read_bytes() == TRAIN
