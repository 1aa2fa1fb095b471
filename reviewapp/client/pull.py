"""`reviewapp pull NAME@VERSION`: a release into a folder. A download that was cut goes on where it was."""

import hashlib
import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
from tqdm import tqdm

from reviewapp.client.ending import Away, Ending, Unusable
from reviewapp.client.folder import Place, telling
from reviewapp.client.server import TRIES, Interrupted, Server
from reviewapp.client.told import MANIFEST, File, Release, release_of

_LATEST = "latest"
_CUTS = 1_000  # of one file, even if each brought something
_RELEASE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}@[A-Za-z0-9.+-]{1,40}")


def pull(server: Server, release: str, folder: Path | None, *, has_bar: bool = True) -> dict[str, Any]:
    """Download every file of the release, check each against its sum, and tell what there is."""
    if _RELEASE.fullmatch(release) is None:
        raise Ending("A release is named as in refunds-dpo@1.2.0, or refunds-dpo@latest.")
    told = release_of(server.get(f"releases/{release}"))
    _check_asked(told, release)
    target = folder or Path(told.name.replace("@", "-"))
    with telling(target):
        target.mkdir(parents=True, exist_ok=True)
    total = sum(file.bytes for file in told.files)
    with tqdm(total=total, unit="B", unit_scale=True, disable=not has_bar) as bar:
        for file in told.files:
            _download(server, f"releases/{told.name}/files/{file.path}", file, Place(target, file.path), bar)
    if not any(file.path == MANIFEST for file in told.files):
        _write_manifest(Place(target, MANIFEST), told)
    files = [asdict(file) for file in told.files]
    return {"release": told.name, "folder": str(target), "files": files, "recalls": told.recalls}


def _check_asked(told: Release, asked: str) -> None:
    """The server tells of what was asked for, as its name becomes a folder's."""
    dataset, version = asked.split("@")
    is_asked = told.name == asked or (version == _LATEST and told.name.startswith(f"{dataset}@"))
    if not is_asked or _RELEASE.fullmatch(told.name) is None:
        raise Unusable(f"The server tells of another release than {asked}: {told.name[:200]!a}")


def _write_manifest(place: Place, told: Release) -> None:
    place.prepare()
    with place.writing("wb") as out:
        out.write(json.dumps(told.manifest, indent=2).encode() + b"\n")
    place.keep()


def _download(server: Server, address: str, file: File, place: Place, bar: tqdm) -> None:
    place.prepare()
    if place.target.is_file() and sha256_of(place.target) == file.sha256:
        bar.update(file.bytes)
        return
    failed = cuts = wrong = 0
    while wrong < TRIES and cuts < _CUTS:
        before = place.arrived
        try:
            _go_on(server, address, file, place, bar)
        except Interrupted as why:
            cuts += 1
            # A cut that brought something is no failure.
            failed = failed + 1 if place.arrived == before else 0
            server.wait(failed, why)
            continue
        wrong += 1
        if place.arrived == file.bytes and sha256_of(place.part) == file.sha256:
            place.keep()
            return
        place.drop()  # not what was published: once more from the start
    raise Away(f"{file.path} did not arrive whole in {TRIES} tries. What is there is kept; try again later.")


def _go_on(server: Server, address: str, file: File, place: Place, bar: tqdm) -> None:
    """Append what is missing; from the start when the server sends all of it."""
    have = place.arrived
    if have and have >= file.bytes:
        return
    headers = {"Range": f"bytes={have}-", "If-Range": f'"{file.sha256}"'} if have else {}
    with server.stream(address, headers) as response:
        goes_on = response.status_code == httpx.codes.PARTIAL_CONTENT
        bar.update(have if goes_on else 0)
        with place.writing("ab" if goes_on else "wb") as out:
            # As it arrives: what is held back for a full chunk is lost when the line is cut.
            for chunk in response.iter_raw():
                out.write(chunk)
                bar.update(len(chunk))
                if out.tell() > file.bytes:
                    return  # more than was published: its sum is wrong, and its end may never come


def sha256_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
