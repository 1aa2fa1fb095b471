"""100,000 verdicts out: as a stream of JSON lines, and as a published release, with few guards and with all.

With --encoder the rows' questions are held against the golden ones by their vectors as well. How much memory
that takes, and processor time: others may work on the same machine.
"""

import argparse
import http.client
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.benchmarks import driver, report, vectors
from tests.benchmarks.stack import Stack, stack

if TYPE_CHECKING:
    from tests.benchmarks.seed import House

VERDICTS = 100_000
GOLDEN = 100_000
SPLITS = {"shares": {"train": 0.8, "validation": 0.1, "test": 0.1}, "seed": "bench"}
RULES = {
    "personal_data": "redact",
    "duplicates": "leave_out",
    "near_duplicates": "leave_out",
    "agreement_gate": True,
    "licences": ["cc-by-4.0"],
    "caps": {"model_approved": 0.5, "synthetic": 0.1},
    "alike_golden": "leave_out",
}
PLANTED = (
    "contamination.normalised",
    "contamination.shingle",
    "personal_data.redacted",
    "duplicate.same",
    "duplicate.near",
    "origin.cap",
)
ALIKE = "contamination.alike"
_BUILDING = ("worker", "postgres")


@contextmanager
def watched(own: Stack, idle: dict[str, float]) -> Iterator[dict[str, float]]:
    """How many MiB above idle each program needed at most while the block ran; filled at its end."""
    most: dict[str, float] = dict.fromkeys(idle, 0.0)
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.25):
            for name, mib in own.memory().items():
                most[name] = max(most[name], mib - idle[name])

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


def read_all(port: int, path: str, key: str) -> tuple[int, float, float]:
    """Lines, seconds to the first byte, seconds in all."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    began = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
    response = connection.getresponse()
    if response.status != 200:
        raise AssertionError(f"the export was answered {response.status}: {response.read()[:300]!r}")
    lines = response.read(1).count(b"\n")
    first = time.perf_counter() - began
    while piece := response.read1(1 << 20):
        lines += piece.count(b"\n")
    return lines, first, time.perf_counter() - began


def publish(caller: driver.Caller, api: str, dataset: str) -> tuple[float, dict[str, Any]]:
    """Ask for a release and wait until it is published; the seconds, and the release."""
    began = time.perf_counter()
    asked = caller.post(f"{api}/datasets/{dataset}/releases", {})
    if asked.status != 202:
        raise AssertionError(f"the release was answered {asked.status}: {asked.body[:300]!r}")
    while True:
        state = caller.call("GET", f"{api}/releases/{asked.json['id']}").json
        if state["state"] == "published":
            return time.perf_counter() - began, state
        if state["state"] == "failed":
            raise AssertionError(f"the release failed: {state}")
        time.sleep(0.1)


def made(caller: driver.Caller, api: str, name: str, **asked: object) -> None:
    """A dataset with these settings."""
    answer = caller.post(f"{api}/datasets", {"name": name, "format": "trl_sft", **asked})
    report.checked(f"dataset {name} made", answer.status, 201)


def streamed(own: Stack, home: "House", idle: dict[str, float], how_many: int, size: str) -> None:
    """All rows of the dataset without guards as a stream."""
    path = f"{home.api}/datasets/plain:rows"
    read_all(own.port, path + "?limit=100", home.owner_key)
    with watched(own, idle) as most:
        lines, first, seconds = read_all(own.port, path, home.owner_key)
    report.checked("lines of the stream", lines, how_many)
    report.figure("what it holds now as a stream", lines / seconds, "rows/s", size=size)
    report.figure("first byte of the stream", first, "s", target=0.5, size=size)
    report.figure("memory above idle, web, while streaming", most["web"], "MiB", target=50, size=size)


def released(
    own: Stack, home: "House", idle: dict[str, float], dataset: str, what: str, size: str, **targets: float
) -> dict[str, Any]:
    """Publish it, and what that took. targets: seconds, mib."""
    caller, before = driver.with_key(own.port, home.owner_key), own.cpu_seconds(_BUILDING)
    with watched(own, idle) as most:
        seconds, release = publish(caller, home.api, dataset)
    used = {name: round(now - before[name], 1) for name, now in own.cpu_seconds(_BUILDING).items()}
    report.figure(
        f"{what}: asked for to published", seconds, "s", target=targets.get("seconds"), size=size,
        more={"cpu_seconds": used, "load": os.getloadavg()[0]},
    )  # fmt: skip
    report.figure(
        f"{what}: memory above idle, worker", most["worker"], "MiB", target=targets.get("mib"), size=size
    )
    return release


def all_told(release: dict[str, Any], how_many: int, planted: Sequence[str]) -> None:
    """Each row is in the release or counted by the guard that left it out, and what was planted was found."""
    found = {code: told["rows"] for code, told in release["findings"].items()}
    left_out = sum(told["rows"] for told in release["findings"].values() if told["effect"] == "leaves_out")
    report.checked("rows that left, and that were left out", release["rows"] + left_out, how_many)
    report.checked("planted and not found", [code for code in planted if not found.get(code)], [])


def downloaded(own: Stack, home: "House", release: dict[str, Any], size: str) -> None:
    address = f"{home.api}/releases/plain@{release['version']}"
    files = driver.with_key(own.port, home.owner_key).call("GET", address).json["files"]
    name = next(file["path"] for file in files if file["rows"])
    file = f"{address}/files/{name}"
    lines, first, seconds = read_all(own.port, file, home.owner_key)
    report.checked("lines of the downloaded file", lines, release["rows"])
    report.figure(
        "download of the release", lines / seconds, "rows/s", target=16_000, better="at least", size=size
    )
    report.figure("first byte of the download", first, "s", target=0.5, size=size)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    parser.add_argument("--verdicts", type=int, default=VERDICTS)
    parser.add_argument("--golden", type=int, default=GOLDEN, help="golden items that rows are held against")
    parser.add_argument("--encoder", action="store_true", help="with vectors of all questions")
    options = parser.parse_args()
    os.environ["ENCODER"] = "hashing" if options.encoder else ""  # what it would make is not looked at
    how_many, golden = (2_000, 500) if options.smoke else (options.verdicts, options.golden)
    with stack() as own:
        from tests.benchmarks import seed  # noqa: PLC0415 - Django is up only now

        home = seed.house(1)
        with own.connect() as database:
            seed.written_verdicts(database, home, how_many)
        caller, size = driver.with_key(own.port, home.owner_key), f"{how_many:,} verdicts"
        made(caller, home.api, "plain", rules={"personal_data": "keep"})
        made(caller, home.api, "guarded", rules=RULES, splits=SPLITS)
        idle = own.memory()
        streamed(own, home, idle, how_many, size)
        release = released(own, home, idle, "plain", "release without golden", size)
        report.checked("rows of the release", release["rows"], how_many)
        downloaded(own, home, release, size)
        with own.connect() as database:
            seed.golden(database, home, golden)
            if options.encoder:
                vectors.stored(database, home, how_many)
        size = f"{how_many:,} verdicts, {golden:,} golden"
        for what in ("release with all guards", "the next one, held against what that tests with"):
            release = released(own, home, idle, "guarded", what, size, seconds=60, mib=200)
            all_told(release, how_many, (*PLANTED, ALIKE) if options.encoder else PLANTED)


if __name__ == "__main__":
    main()
