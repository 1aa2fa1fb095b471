"""`reviewapp push`, `push-feedback`, `pull`, `row`, `change`, `status`, `verify`.

Progress and sentences go to standard error, the result as JSON to standard output. Exit codes: 0 done;
1 some records were rejected, a file does not verify, or a change was stopped or failed; 2 arguments, key or
file; 3 the server refused, or its answer cannot be used; 4 the server could not be reached; 5 rows of the
release were withdrawn since.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from reviewapp.client.change import Wanted, change
from reviewapp.client.ending import OK, SOME_WRONG, WITHDRAWN, Ending, Refused
from reviewapp.client.key import VARIABLE, read_key
from reviewapp.client.pull import pull
from reviewapp.client.push import FEEDBACK, PREDICTIONS, push
from reviewapp.client.row import row, sentence_of
from reviewapp.client.server import Server
from reviewapp.client.told import page_of
from reviewapp.client.verify import verify

_URL = "http://127.0.0.1:8000"
_NEWEST = {"limit": "1"}
_GONE = 410


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code; never a traceback for what a person can put right."""
    options = _parser().parse_args(arguments)
    try:
        result, code = options.run(options)
    except Refused as refusal:
        _tell(refusal.problem or {"detail": str(refusal)})
        _say(str(refusal))
        return refusal.code
    except Ending as ending:
        _say(str(ending))
        return ending.code
    except KeyboardInterrupt:
        _say("Stopped. Run it again to go on: nothing is done twice.")
        return 130
    _tell(result)
    return code


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--url", default=os.environ.get("REVIEWAPP_URL", _URL), help="else REVIEWAPP_URL")
    shared.add_argument(
        "--project", default=os.environ.get("REVIEWAPP_PROJECT"), help="else REVIEWAPP_PROJECT"
    )
    shared.add_argument("--key-file", type=Path, help=f"a file of mode 600 with the API key; else {VARIABLE}")
    shared.add_argument("--no-progress", action="store_true")
    parser = argparse.ArgumentParser(prog="reviewapp", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    pushing = commands.add_parser(
        "push", parents=[shared], help="send the records of a .jsonl or .jsonl.gz file"
    )
    pushing.add_argument("file", type=Path)
    pushing.set_defaults(run=_push, shape=PREDICTIONS)
    telling = commands.add_parser(
        "push-feedback", parents=[shared], help="send what end users did, from a .jsonl or .jsonl.gz file"
    )
    telling.add_argument("file", type=Path)
    telling.set_defaults(run=_push, shape=FEEDBACK)
    pulling = commands.add_parser("pull", parents=[shared], help="download a release")
    pulling.add_argument("release", help="name@version, or name@latest")
    pulling.add_argument("--to", type=Path, help="the folder; by default name-version here")
    pulling.add_argument("--verify", action="store_true", help="check all files once more, as they lie there")
    pulling.add_argument(
        "--with-withdrawn", action="store_true", help="do not fail when rows of it were withdrawn since"
    )
    pulling.set_defaults(run=_pull)
    telling_of = commands.add_parser(
        "row", parents=[shared], help="where a row of a release came from, and may it still be used?"
    )
    telling_of.add_argument("release", help="name@version, or name@latest")
    telling_of.add_argument("row", help="its id (r-12) or its line (37, or train.jsonl:37)")
    telling_of.set_defaults(run=_row)
    _add_change(commands.add_parser("change", parents=[shared], help="change many items of a queue at once"))
    status = commands.add_parser("status", parents=[shared], help="is the server there, and is the key good?")
    status.set_defaults(run=_status)
    verifying = commands.add_parser("verify", help="check a pulled folder against its manifest")
    verifying.add_argument("folder", type=Path)
    verifying.set_defaults(run=_verify)
    return parser


def _add_change(changing: argparse.ArgumentParser) -> None:
    changing.add_argument("queue", help="the slug of the queue")
    changing.add_argument("kind", choices=["priority", "due", "reviews", "move", "withdraw"])
    changing.add_argument("--why", required=True, help="stands at each item")
    changing.add_argument("--amount", type=int, help="the priority to raise to, hours to put off, or reviews")
    changing.add_argument("--target", help="the slug of the queue to move to")
    changing.add_argument("--item", type=int, action="append", default=[], help="this item; several times")
    changing.add_argument("--state", default="open", help="else all in this state …")
    changing.add_argument("--reason", default="", help="… that this rule sent …")
    changing.add_argument("--late", action="store_true", help="… that are overdue")
    changing.add_argument("--no-wait", action="store_true", help="do not wait until it is over")
    changing.set_defaults(run=_change)


def _server(options: argparse.Namespace) -> Server:
    if not options.project:
        raise Ending("Name the project with --project, or set REVIEWAPP_PROJECT.")
    return Server(options.url, options.project, read_key(options.key_file), say=_say)


def _push(options: argparse.Namespace) -> tuple[Any, int]:
    pushed = push(_server(options), options.file, options.shape, has_bar=not options.no_progress)
    return asdict(pushed), SOME_WRONG if pushed.rejected else OK


def _pull(options: argparse.Namespace) -> tuple[Any, int]:
    pulled = pull(_server(options), options.release, options.to, has_bar=not options.no_progress)
    if pulled["recalls"]:
        _say(
            f"Rows of this release that were withdrawn since: {pulled['recalls']}. Do not use them."
            f" The list is at releases/{pulled['release']}/recalls; the newest release is without them."
        )
    # What is typed after && must not train on what was withdrawn.
    code = WITHDRAWN if pulled["recalls"] and not options.with_withdrawn else OK
    if not options.verify:
        return pulled, code
    files = verify(Path(pulled["folder"]))
    is_whole = all(file["state"] == "ok" for file in files)
    return {**pulled, "whole": is_whole, "verified": files}, code if is_whole else SOME_WRONG


def _row(options: argparse.Namespace) -> tuple[Any, int]:
    try:
        told = row(_server(options), options.release, options.row)
    except Refused as refusal:
        if refusal.status != _GONE:
            raise
        _say(str(refusal))
        return refusal.problem, WITHDRAWN
    _say(sentence_of(told))
    return told.whole, OK if told.still_stands else WITHDRAWN


def _change(options: argparse.Namespace) -> tuple[Any, int]:
    wanted = Wanted(
        queue=options.queue,
        kind=options.kind,
        why=options.why,
        amount=options.amount,
        target=options.target,
        items=options.item,
        state=options.state,
        reason=options.reason,
        late=options.late,
    )
    told = change(_server(options), wanted, waits=not options.no_wait)
    return told.whole, SOME_WRONG if told.state in ("stopped", "failed") else OK


def _status(options: argparse.Namespace) -> tuple[Any, int]:
    server = _server(options)
    newest = page_of(server.get("predictions", _NEWEST))
    return {"ready": server.health() == 200, "project": options.project, "newest": newest[:1]}, OK


def _verify(options: argparse.Namespace) -> tuple[Any, int]:
    files = verify(options.folder)
    is_whole = all(file["state"] == "ok" for file in files)
    return {"folder": str(options.folder), "whole": is_whole, "files": files}, OK if is_whole else SOME_WRONG


def _tell(result: Any) -> None:
    """For programs."""
    sys.stdout.write(json.dumps(result) + "\n")


def _say(sentence: str) -> None:
    """For people; a bar that stands there steps aside."""
    tqdm.write("".join(letter if letter.isprintable() else " " for letter in sentence), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
