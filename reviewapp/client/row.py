"""`reviewapp row NAME@VERSION ROW`: where a row of a release came from, and whether it may still be used."""

import re

from reviewapp.client.ending import Ending
from reviewapp.client.server import Server
from reviewapp.client.told import Row, release_of, row_of

_RELEASE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}@[A-Za-z0-9.+-]{1,40}")
_ID = re.compile(r"r-[0-9]{1,18}", re.ASCII)
_LINE = re.compile(r"(?:(?:.*/)?(?P<file>[a-z]+)(?:\.[a-z.]+)?:)?(?P<line>[0-9]{1,9}):?", re.ASCII)
_SPLIT_OF = {"golden": "test"}  # the one file that is not named after its split


def row(server: Server, release: str, named: str) -> Row:
    """What the server tells of it. named: r-12, 37 (a line of the first file), or train.jsonl:37."""
    if _RELEASE.fullmatch(release) is None:
        raise Ending("A release is named as in refunds-dpo@1.2.0, or refunds-dpo@latest.")
    if _ID.fullmatch(named):
        return row_of(server.get(f"releases/{release}/rows/{named}"))
    found = _LINE.fullmatch(named)
    if found is None:
        raise Ending("A row is named by its id (r-12) or its line (37, or train.jsonl:37).")
    file = found["file"] or _first_file(server, release)
    split = _SPLIT_OF.get(file, file)
    return row_of(server.get(f"releases/{release}/lines/{split}/{found['line']}"))


def _first_file(server: Server, release: str) -> str:
    """Without what follows the first dot: the rows of the main split stand first."""
    return release_of(server.get(f"releases/{release}")).files[0].path.split(".")[0]


def sentence_of(told: Row) -> str:
    """For people: which data, who approved it, and whether it may still be used."""
    people = ", ".join(told.people) or "nobody"
    rights = "; ".join(f"{name}: {said or 'not said'}" for name, said in told.rights.items())
    stands = (
        "It may still be used, as far as is known here: it was not withdrawn, and its verdict stands."
        if told.still_stands
        else "Not as it is: its verdict was taken back since. The newest release has what people say now."
    )
    return (
        f"{told.record_id}, line {told.line} of {told.split}: prediction {told.prediction_id},"
        f" decided by {people} ({told.decision}, {told.decided_at}); {rights}. {stands}"
    )
