"""What a server tells, read strictly: a value with the types that it says, or Unusable in one sentence.

Nothing behind this file asks once more whether a name is there, or a number a number.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from reviewapp.client.ending import Unusable

MANIFEST = "manifest.json"
_DEEPEST = 100  # what is nested further cannot be written again by every library
_LARGEST_NUMBER = 2**63 - 1
_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}(?:/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}){0,4}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class File:
    """One file of a release. path: plain, inside of any folder; sha256: 64 hexadecimal digits."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Release:
    """At least one file, and no two that need the same place. recalls: rows withdrawn since."""

    name: str
    files: tuple[File, ...]
    manifest: Mapping[str, Any]
    recalls: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row and its lineage. people: who approved it; rights: by name; whole: all that was told."""

    record_id: str
    prediction_id: str
    split: str
    line: int
    decision: str
    decided_at: str
    people: tuple[str, ...]
    rights: Mapping[str, str | None]
    still_stands: bool
    whole: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """How a change of many items stands; whole: all that was told."""

    id: int
    state: str
    whole: Mapping[str, Any]


def release_of(body: bytes) -> Release:
    """The answer about one release."""
    told = _Told.of(body, "a release")
    name = f"{told.text('dataset')}@{told.text('version')}"
    files = tuple(_file(file) for file in told.all_of("files"))
    if not files:
        raise told.not_good("files", "names no file")
    _check_places(told, files)
    recalls = told.number("recalls") if "recalls" in told.members else 0  # an older server does not say
    return Release(name, files, told.within("manifest").members, recalls)


def row_of(body: bytes) -> Row:
    """The answer about one row of a release."""
    told = _Told.of(body, "a row of a release")
    reviewers = tuple(review.text("reviewer") for review in told.all_of("reviews"))
    adjudicator = told.text_or_none("adjudicator")
    return Row(
        record_id=told.text("record_id"),
        prediction_id=told.text("prediction_id"),
        split=told.text("split"),
        line=told.number("line"),
        decision=told.text("decision"),
        decided_at=told.text("decided_at"),
        people=reviewers or ((adjudicator,) if adjudicator else ()),
        rights={name: told.text_or_none(name) for name in ("licence", "consent") if name in told.members},
        still_stands=told.claim("still_stands"),
        whole=told.members,
    )


def change_of(body: bytes) -> Change:
    """The answer about a change of many items."""
    told = _Told.of(body, "a change of items")
    return Change(told.number("id"), told.text("state"), told.members)


def results_of(body: bytes, *, records: int) -> list[dict[str, Any]]:
    """What became of each of so many records that were sent; `status` is a number in each."""
    told = _Told.of(body, "the results of a batch")
    results = told.all_of("results")
    if len(results) != records:
        raise told.not_good("results", f"tells of {len(results)} records where {records} were sent")
    for result in results:
        result.number("status")
    return [result.members for result in results]


def page_of(body: bytes) -> list[dict[str, Any]]:
    """The entries of one page of a list."""
    return [entry.members for entry in _Told.of(body, "a page of a list").all_of("items")]


def problem_of(body: bytes) -> dict[str, Any]:
    """The problem document (RFC 9457) of a refusal; empty where it is none: the status says enough."""
    try:
        return _Told.of(body, "a problem document").members
    except Unusable:
        return {}


def is_plain(path: str) -> bool:
    """It stays inside of the folder, on every system, and names no hidden file."""
    return _PATH.fullmatch(path) is not None


def _file(told: "_Told") -> File:
    path, sha256 = told.text("path"), told.text("sha256")
    if not is_plain(path):
        raise told.not_good("path", f"is no plain path: {path[:200]!a}")
    if _SHA256.fullmatch(sha256) is None:
        raise told.not_good("sha256", "is no SHA-256 of 64 hexadecimal digits")
    return File(path, told.number("bytes"), sha256)


def _check_places(told: "_Told", files: tuple[File, ...]) -> None:
    """No file stands where another one, or its folder, does; capitals are no difference everywhere."""
    paths = [file.path.lower() for file in files]
    folders = {path.rsplit("/", depth)[0] for path in paths for depth in range(1, path.count("/") + 1)}
    taken = set[str]()
    for file, path in zip(files, paths, strict=True):
        if path in taken:
            raise told.not_good("files", f"names {file.path} twice")
        if path in folders:
            raise told.not_good("files", f"names {file.path} as a file and as a folder")
        taken.add(path)
    if MANIFEST in folders:
        raise told.not_good("files", f"names {MANIFEST} as a folder")


@dataclass(frozen=True, slots=True)
class _Told:
    """One object of an answer. kind: what the whole should be; where: the way to this object in it."""

    members: dict[str, Any]
    kind: str
    where: str = ""

    @classmethod
    def of(cls, body: bytes, kind: str) -> Self:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            raise Unusable(f"The server's answer is not {kind}: it is no JSON that can be read.") from None
        if _is_too_deep(value):
            raise Unusable(f"The server's answer is not {kind}: it is nested too deeply.")
        if not isinstance(value, dict):
            raise Unusable(f"The server's answer is not {kind}: it is no JSON object.")
        return cls(value, kind)

    def text(self, name: str) -> str:
        value = self._member(name)
        if not isinstance(value, str):
            raise self.not_good(name, "is no text")
        return value

    def text_or_none(self, name: str) -> str | None:
        return None if self._member(name) is None else self.text(name)

    def number(self, name: str) -> int:
        """A whole one, from 0 on."""
        value = self._member(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST_NUMBER:
            raise self.not_good(name, "is no whole number from 0 on")
        return value

    def claim(self, name: str) -> bool:
        value = self._member(name)
        if not isinstance(value, bool):
            raise self.not_good(name, "is neither true nor false")
        return value

    def within(self, name: str) -> "_Told":
        return self._object(self._member(name), name)

    def all_of(self, name: str) -> list["_Told"]:
        value = self._member(name)
        if not isinstance(value, list):
            raise self.not_good(name, "is no list")
        return [self._object(one, f"{name}/{n}") for n, one in enumerate(value)]

    def not_good(self, name: str, fault: str) -> Unusable:
        return Unusable(f"The server's answer is not {self.kind}: {self.where}{name} {fault}.")

    def _member(self, name: str) -> Any:
        if name not in self.members:
            raise self.not_good(name, "is missing")
        return self.members[name]

    def _object(self, value: Any, name: str) -> "_Told":
        if not isinstance(value, dict):
            raise self.not_good(name, "is no JSON object")
        return _Told(value, self.kind, f"{self.where}{name}/")


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _depth in range(_DEEPEST):
        if not level:
            return False
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return bool(level)
