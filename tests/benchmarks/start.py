"""Start to first 200 on an initialised database, and the memory of web, worker and scheduler at rest."""

import argparse
import time

from tests.benchmarks import report
from tests.benchmarks.stack import stack

REST_SECONDS = 20.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="once, asserts only what is right")
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    times, rest = (1, 0.5) if options.smoke else (options.times, REST_SECONDS)
    with stack() as own:
        seconds = []
        for _time in range(times):
            own.stop()
            seconds.append(own.start())
        report.figure(
            "start to first 200, median",
            report.share_below(seconds, 0.5),
            "s",
            target=2.5,
            size="initialised database",
            more={"slowest": round(max(seconds), 2)},
        )
        time.sleep(rest)
        memory = own.memory()
        report.checked("programs that run", sorted(memory), ["scheduler", "web", "worker"])
        apart = {name: round(mib, 1) for name, mib in memory.items()}
        whole = sum(memory.values())
        report.figure(
            "idle memory (PSS) of all three", whole, "MiB", target=350, size="no encoder", more=apart
        )


if __name__ == "__main__":
    main()
