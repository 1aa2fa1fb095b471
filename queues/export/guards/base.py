"""What a guard is: a check that each record passes before it leaves. No Django in here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from queues.export.row import Record, VerdictRow
from queues.registry import Registry


class Effect(StrEnum):
    """What a hit does. STOPS: the release is not published until a lead says why it may be."""

    LEAVES_OUT = "leaves_out"
    CHANGES = "changes"
    WARNS = "warns"
    STOPS = "stops"


@dataclass(frozen=True, slots=True)
class Hit:
    """What a guard found in one record. code: stable, dotted, counted; row: what leaves instead, to be
    written anew.

    detail: for a person, such as the id of the golden item, with @ and its version for an earlier one, or the
    name of the other dataset; never a text of the record.
    """

    code: str
    effect: Effect
    detail: str = ""
    row: VerdictRow | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """One record on its way out. prompt: what was asked, as one text; answer: what is to be learnt.

    same: the normalised prompt; group: of the row as it leaves; origin: who wrote the answer
    (queues.export.guarding.caps); vector: of the prompt, as the database sends it, or None.
    """

    row: VerdictRow
    record: Record
    prompt: str
    same: str
    group: str
    answer: str
    origin: str
    vector: bytes | None = None


class Texts(Protocol):
    """Texts that may not leave: what the contamination guard asks."""

    def __len__(self) -> int:
        """How many there are; of none nothing needs to be announced."""
        ...

    @property
    def has_vectors(self) -> bool:
        """Whether there is anything that `alike` could find."""
        ...

    def same(self, prompt: str, normalised: str) -> tuple[str, str] | None:
        """ "exact" or "normalised" and the name of the text, or None."""
        ...

    def announce(
        self,
        rows: Sequence[tuple[str, str]],
        wanted: Sequence[bool] | None = None,
        vectors: Sequence[bytes | None] = (),
    ) -> None:
        """Told of prompts and answers for which `near` will be asked, and of vectors for `alike`: of all at
        once it takes little.

        wanted: of which of the rows; None: of all.
        """
        ...

    def look_ahead(self) -> None:
        """Those that were announced first come next."""
        ...

    def near(self, prompt: str, answer: str) -> str | None:
        """The name of the first text that shares most of its words with this one."""
        ...

    def alike(self, vector: bytes | None) -> str | None:
        """The name of the nearest text by what an encoder made of it, where it is near enough."""
        ...


class Groups(Protocol):
    """The groups of rows and their splits: what the guard of splits asks."""

    is_split: bool  # whether there are several splits

    def split_of(self, group: str) -> str:
        """The split of this group."""
        ...

    def elsewhere(self, group: str) -> str:
        """The name of another dataset that has it on the other side of the wall; empty where none has."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What guards know beside the record: the settings of the dataset, and what may not leave.

    settings: the fields of queues.export.definition.rules.Rules; kept: origin → the largest `uniform`
    that stays; tested: the texts of what left to validate or test with; hits: what the guards before the
    caps found in a first walk over the same rows; encoder: who looks for what is alike, for the manifest,
    None where none does.
    """

    scope: str
    settings: Mapping[str, Any]
    texts: Texts
    tested: Texts
    groups: Groups
    kept: Mapping[str, float] = field(default_factory=dict)
    hits: Iterable[Sequence[tuple[str, Hit]]] | None = None
    encoder: Mapping[str, Any] | None = None


Check = Callable[[Leaving], Hit | None]


@runtime_checkable
class LooksAhead(Protocol):
    """A check that is told of some rows before it is asked for one after another: what it does for all of
    them at once takes little. It will not be asked for all, and for some that were changed meanwhile."""

    def announce(self, rows: Sequence[Leaving]) -> None:
        """These come after those that were announced before; what takes long may begin."""
        ...

    def look_ahead(self, rows: Sequence[Leaving]) -> None:
        """These come next; they were announced."""
        ...

    def __call__(self, leaving: Leaving) -> Hit | None:
        """The check."""
        ...


CAPS = 2  # rank


class Guard:
    """A check at publication; the base of all. scopes: the uses that it guards ("train", "eval").

    rank: those that compare rows with each other come last, so that they see what the others let pass;
    from CAPS on they hang on which rows the caps keep.
    """

    scopes: Sequence[str] = ()
    rank = 0

    def begin(self, around: Surroundings) -> Check:
        """The check for one walk over the rows, which may remember what it saw."""
        raise NotImplementedError


guards: Registry[Guard] = Registry("guard")
