"""What the check by an encoder adds to a release: rows against golden questions by their vectors.

The vectors themselves are made when a text arrives, not here. Processor time of this process; no stack.
"""

import argparse
import time

import numpy as np

from queues.export.guarding.directions import Directions
from tests.benchmarks import report
from tests.benchmarks.vectors import DIMENSIONS, PLANTED, near, vectors

GOLDEN, ROWS = 100_000, 100_000
_AT_ONCE = 100  # rows, about as many as a release asks for together


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    how_many, rows = (2_000, 500) if parser.parse_args().smoke else (GOLDEN, ROWS)
    golden, size = vectors(how_many, 1), f"{how_many:,} golden, {DIMENSIONS} dimensions"

    began = time.process_time()
    directions = Directions(DIMENSIONS)
    for at in range(0, how_many, 4_096):
        some = golden[at : at + 4_096].astype(np.float16)
        directions.add(range(at, at + len(some)), some)
    directions.ready()
    report.figure("vectors of golden questions made ready", time.process_time() - began, "s", size=size)

    found = directions.nearest_each(near(golden[:PLANTED]))
    report.checked("planted and not found, of 100", sum(name is None for name in found) <= 2, True)

    asked = vectors(rows, 2)
    began = time.process_time()
    hits = sum(
        name is not None
        for at in range(0, rows, _AT_ONCE)
        for name in directions.nearest_each(asked[at : at + _AT_ONCE])
    )
    seconds = time.process_time() - began
    report.figure("rows held against them", seconds, "s", size=f"{rows:,} rows, {size}", more={"found": hits})
    report.figure("one row", 1e6 * seconds / rows, "µs", size=size)


if __name__ == "__main__":
    main()
