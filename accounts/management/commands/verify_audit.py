"""`manage.py verify_audit`: walk the chains of the audit log; 0 when all are intact, 1 when one is broken."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounts.chain import HOUSE, heads, verifying
from accounts.chain.heads import Head
from accounts.chain.sentences import sentence
from accounts.chain.verifying import Finding
from accounts.models import Project

_CHAINS = (
    "SELECT 0 UNION SELECT id FROM accounts_project UNION SELECT chain FROM accounts_sealingplace ORDER BY 1"
)
_WRONG_USE = 2  # of the exit codes; 1 says that a chain is broken


class Command(BaseCommand):
    help = "Compute the chains of the audit log again and say the first broken place of each. Writes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--project", metavar="SLUG", help="only this project's chain")
        which.add_argument("--house", action="store_true", help="only the chain of events without a project")
        parser.add_argument(
            "--head",
            type=_head,
            action="append",
            default=[],
            metavar="PLACE:HASH",
            help="a head that you have noted and that the chain must have; may be given several times",
        )
        parser.add_argument(
            "--heads",
            type=Path,
            dest="copy",
            metavar="FOLDER",
            help="a copy of the heads, beside those of the storage",
        )
        parser.add_argument(
            "--from",
            type=_head,
            dest="after",
            metavar="PLACE:HASH",
            help="a head that you trust: only what comes after it is walked",
        )

    def handle(
        self,
        *args: object,
        project: str | None,
        house: bool,
        head: list[Head],
        copy: Path | None,
        after: Head | None,
        **options: object,
    ) -> None:
        if (head or after) and not (project or house):
            raise CommandError(
                "A head belongs to one chain. Say which: --project SLUG or --house.", returncode=_WRONG_USE
            )
        if copy and not copy.is_dir():
            raise CommandError(f"There is no folder {copy}.", returncode=_WRONG_USE)
        found = [
            self._verified(chain, name, noted=head, copy=copy, after=after)
            for chain, name in _chains(project, house=house)
        ]
        if not all(finding.is_intact for finding in found):
            sys.exit(1)

    def _verified(
        self, chain: int, name: str, *, noted: list[Head], copy: Path | None, after: Head | None
    ) -> Finding:
        known = [*heads.kept(chain), *(heads.kept_in(copy, chain) if copy else []), *noted]
        found = verifying.verify(chain, known=known, after=after)
        self.stdout.write(f"{name}: {_said(found)}")
        return found


def _said(found: Finding) -> str:
    if found.broken:
        return f"BROKEN. {sentence(found.broken.kind, found.broken.seq, found.broken.evidence)}"
    newest = f"newest head {Head(found.last_seq, found.last_hash)}" if found.last_seq else "nothing is sealed"
    began = f" from place {found.after_seq} on" if found.after_seq else ""
    return f"intact. {found.n_events} events{began}, {found.n_heads} heads compared; {newest}"


def _chains(project: str | None, *, house: bool) -> list[tuple[int, str]]:
    """The chains that are asked for, each with its name; also those whose project is gone."""
    if house:
        return [(HOUSE, "the house")]
    if project is not None:
        found = Project.objects.filter(slug=project).first()
        if found is None:
            raise CommandError(f"There is no project {project}.", returncode=_WRONG_USE)
        return [(found.pk, found.slug)]
    names = {HOUSE: "the house", **dict(Project.objects.values_list("pk", "slug"))}
    with connection.cursor() as cursor:
        cursor.execute(_CHAINS)
        chains = {chain for (chain,) in cursor.fetchall()} | set(heads.chains_kept())
    return [(chain, names.get(chain, f"project {chain}")) for chain in sorted(chains)]


def _head(text: str) -> Head:
    try:
        return heads.noted(text)
    except ValueError as error:
        raise ArgumentTypeError(
            f"{text!r} is no head: a place, a colon, and 64 digits of its hash"
        ) from error
