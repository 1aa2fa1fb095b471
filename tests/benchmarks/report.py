"""What was measured: one JSON line per figure, and a line for people."""

import json
import os
import platform
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import psutil
import psycopg

Better = Literal["at least", "at most"]


def figure(
    name: str,
    value: float,
    unit: str,
    *,
    target: float | None = None,
    better: Better = "at most",
    size: str = "",
    more: Mapping[str, object] | None = None,
) -> None:
    """Print one measured figure, with its target if it has one."""
    rounded = round(value, 3 if value < 10 else 1)
    line = {"figure": name, "value": rounded, "unit": unit, "size": size, **(more or {})}
    wanted = ""
    if target is not None:
        is_met = value >= target if better == "at least" else value <= target
        line |= {"target": target, "better": better, "met": is_met}
        wanted = f"   ({better} {target:g}: {'met' if is_met else 'MISSED'})"
    _say(json.dumps(line | {"date": date.today().isoformat(), "machine": machine(), "versions": versions()}))  # noqa: DTZ011 - the day where it was measured
    aside = "".join(f", {key} {known}" for key, known in (more or {}).items())
    _say(f"  {name}: {rounded:g} {unit}, {size or 'any size'}{wanted}{aside}")


def checked(name: str, found: object, expected: object) -> None:
    """A promise that must hold whatever the speed."""
    if found != expected:
        raise AssertionError(f"{name}: {found!r}, not {expected!r}")
    _say(json.dumps({"checked": name, "value": found}))


def share_below(values: list[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@cache
def machine() -> dict[str, object]:
    model = ""
    cpuinfo = Path("/proc/cpuinfo")
    for line in cpuinfo.read_text().splitlines() if cpuinfo.exists() else ():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "cpu": model or platform.machine(),
    }


@cache
def versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "django": version("django"),
        "psycopg": psycopg.__version__,
        "gunicorn": version("gunicorn"),
    }


def _say(line: str) -> None:
    print(line, flush=True)
