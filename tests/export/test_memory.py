"""What a build needed is not kept by the worker that built."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NEEDS = """
import pyarrow as pa
from queues.export.memory import give_back

def own_mib():
    lines = open("/proc/self/smaps_rollup")
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss_Anon:"))

needed = [pa.array(["x" * 500] * 1_000) for _n in range(200)]
del needed
texts = ["y" * n for n in range(200, 20_000)]
last = "z" * 1_000  # holds the end of the heap
del texts
before = own_mib()
give_back()
print(before - own_mib())
"""


def test_what_was_freed_goes_back_to_the_system() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _NEEDS], capture_output=True, text=True, cwd=ROOT, check=False
    )

    assert done.returncode == 0, done.stderr
    assert float(done.stdout) > 20.0  # MiB, of about 280
