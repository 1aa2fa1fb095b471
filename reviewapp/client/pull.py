"""`reviewapp pull NAME@VERSION`: a release into a folder. A download that was cut goes on where it was."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from tqdm import tqdm

from reviewapp.client.ending import Away, Ending
from reviewapp.client.server import TRIES, Interrupted, Server

MANIFEST = "manifest.json"
_PART = ".part"
_LATEST = "latest"
_CUTS = 1_000  # of one file, even if each brought something
_RELEASE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}@[A-Za-z0-9.+-]{1,40}")
_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}(?:/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}){0,4}")


def pull(server: Server, release: str, folder: Path | None, *, has_bar: bool = True) -> dict[str, Any]:
    """Download every file of the release, check each against its sum, and tell what there is."""
    if _RELEASE.fullmatch(release) is None:
        raise Ending("A release is named as in refunds-dpo@1.2.0, or refunds-dpo@latest.")
    told = server.get(f"releases/{release}")
    files = [_checked(file) for file in told["files"]]
    name = _name_of(told, release)
    target = folder or Path(name.replace("@", "-"))
    target.mkdir(parents=True, exist_ok=True)
    with tqdm(total=sum(f["bytes"] for f in files), unit="B", unit_scale=True, disable=not has_bar) as bar:
        for file in files:
            _download(server, f"releases/{name}/files/{file['path']}", file, target / file["path"], bar)
    if not any(file["path"] == MANIFEST for file in files):
        (target / MANIFEST).write_text(json.dumps(told["manifest"], indent=2) + "\n", "utf-8")
    recalls = int(told.get("recalls", 0))  # an older server does not say
    return {"release": name, "folder": str(target), "files": files, "recalls": recalls}


def _name_of(told: Mapping[str, Any], asked: str) -> str:
    """The release that the server tells of: the one that was asked for, as its name becomes a folder's."""
    name = f"{told['dataset']}@{told['version']}"
    dataset, version = asked.split("@")
    is_asked = name == asked or (version == _LATEST and name.startswith(f"{dataset}@"))
    if not is_asked or _RELEASE.fullmatch(name) is None:
        raise Ending(f"The server tells of another release than {asked}: {name!a}")
    return name


def _checked(file: Mapping[str, Any]) -> dict[str, Any]:
    """What the server names must stay inside of the folder."""
    if _PATH.fullmatch(str(file["path"])) is None:
        raise Ending(f"The server names a file that is no plain path: {file['path']!a}")
    return {name: file[name] for name in ("path", "bytes", "sha256")}


def _download(server: Server, address: str, file: Mapping[str, Any], target: Path, bar: tqdm) -> None:
    if target.is_symlink():
        raise Ending(f"{target} leads elsewhere: remove it, or pull into another folder.")
    if target.is_file() and sha256_of(target) == file["sha256"]:
        bar.update(file["bytes"])
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + _PART)
    failed = cuts = wrong = 0
    while wrong < TRIES and cuts < _CUTS:
        before = _size(part)
        try:
            _go_on(server, address, file, part, bar)
        except Interrupted as why:
            cuts += 1
            failed = failed + 1 if _size(part) == before else 0  # a cut that brought something is no failure
            server.wait(failed, why)
            continue
        wrong += 1
        if _size(part) == file["bytes"] and sha256_of(part) == file["sha256"]:
            part.replace(target)
            return
        part.unlink()  # not what was published: once more from the start
    raise Away(
        f"{file['path']} did not arrive whole in {TRIES} tries. What is there is kept; try again later."
    )


def _go_on(server: Server, address: str, file: Mapping[str, Any], part: Path, bar: tqdm) -> None:
    """Append what is missing; from the start when the server sends all of it."""
    have = _size(part)
    if have >= file["bytes"]:
        return
    etag = f'"{file["sha256"]}"'
    headers = {"Range": f"bytes={have}-", "If-Range": etag} if have else {}
    with server.stream(address, headers) as response:
        goes_on = response.status_code == httpx.codes.PARTIAL_CONTENT
        bar.update(have if goes_on else 0)
        with part.open("ab" if goes_on else "wb") as out:
            # As it arrives: what is held back for a full chunk is lost when the line is cut.
            for chunk in response.iter_raw():
                out.write(chunk)
                bar.update(len(chunk))
                if out.tell() > file["bytes"]:
                    return  # more than was published: its sum is wrong, and its end may never come


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def sha256_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
