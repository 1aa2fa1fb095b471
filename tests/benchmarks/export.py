"""100,000 verdicts out: as a stream of JSON lines, and as a published release; how much memory that takes."""

import argparse
import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks import driver, report
from tests.benchmarks.stack import Stack, stack

VERDICTS = 100_000


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


def publish(caller: driver.Caller, api: str, dataset: str) -> float:
    """Ask for a release and wait until it is published; the seconds."""
    began = time.perf_counter()
    asked = caller.post(f"{api}/datasets/{dataset}/releases", {})
    if asked.status != 202:
        raise AssertionError(f"the release was answered {asked.status}: {asked.body[:300]!r}")
    while True:
        state = caller.call("GET", f"{api}/releases/{asked.json['id']}").json
        if state["state"] == "published":
            return time.perf_counter() - began
        if state["state"] == "failed":
            raise AssertionError(f"the release failed: {state}")
        time.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    parser.add_argument("--verdicts", type=int, default=VERDICTS)
    parser.add_argument("--golden", type=int, default=0, help="golden items that all rows are held against")
    options = parser.parse_args()
    how_many = 500 if options.smoke else options.verdicts
    with stack() as own:
        from tests.benchmarks import seed  # noqa: PLC0415 - Django is up only now

        home = seed.house(1)
        with own.connect() as database:
            seed.verdicts(database, home, how_many)
            if options.golden:
                seed.golden(database, home, options.golden)
        caller, size = (
            driver.with_key(own.port, home.owner_key),
            f"{how_many:,} verdicts, {options.golden:,} golden",
        )
        made = caller.post(
            f"{home.api}/datasets", {"name": "all", "format": "trl_sft", "rules": {"personal_data": "keep"}}
        )
        report.checked("dataset made", made.status, 201)
        path = f"{home.api}/datasets/all:rows"
        read_all(own.port, path + "?limit=100", home.owner_key)
        idle = own.memory()
        with watched(own, idle) as most:
            lines, first, seconds = read_all(own.port, path, home.owner_key)
        report.checked("lines of the stream", lines, how_many)
        report.figure(
            "export as a stream", lines / seconds, "rows/s", target=16_000, better="at least", size=size
        )
        report.figure("first byte of the stream", first, "s", target=0.5, size=size)
        report.figure("memory above idle, web, while streaming", most["web"], "MiB", target=50, size=size)
        with watched(own, idle) as most:
            seconds = publish(caller, home.api, "all")
        release = caller.call("GET", f"{home.api}/releases/all@latest").json
        report.checked("rows of the release", release["rows"], how_many)
        report.figure(
            "release: asked for to published",
            how_many / seconds,
            "rows/s",
            size=size,
            more={"seconds": round(seconds, 1)},
        )
        report.figure(
            "memory above idle, worker, while building", most["worker"], "MiB", target=50, size=size
        )
        name = next(file["path"] for file in release["files"] if file["rows"])
        file = f"{home.api}/releases/all@{release['version']}/files/{name}"
        lines, first, seconds = read_all(own.port, file, home.owner_key)
        report.checked("lines of the downloaded file", lines, how_many)
        report.figure("download of the release", lines / seconds, "rows/s", size=size)


if __name__ == "__main__":
    main()
