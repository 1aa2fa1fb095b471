"""`python -m tests.benchmarks`, which is `make bench`: all of them, one after the other."""

import subprocess
import sys

ALL = (
    "start",
    "screen",
    "browser",
    "cycles",
    "ingest",
    "route",
    "detect",
    "export",
    "alike",
    "plans",
    "picky",
    "similar",
    "search",
    "dry_run",
    "agreement",
    "people",
    "desk",
)


def main() -> int:
    failed = [
        name
        for name in ALL
        if subprocess.run(
            [sys.executable, "-m", f"tests.benchmarks.{name}", *sys.argv[1:]], check=False
        ).returncode
    ]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
