"""Where a row of a release came from: its prediction, why it was picked, who approved it, by which rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from queues.errors import NotFound, WrongState
from queues.export.files.provenance import Names, names_of
from queues.ingest.queries import EXCERPT
from queues.models import Item, Release, ReleaseRow, Review, Routing, Slot, SlotState, Verdict
from queues.models.release import OUT
from queues.route.effective_pi import effective_pi

RELEASES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Said:
    """One review that stood when the verdict was given; who, by pseudonym."""

    review: Review
    reviewer: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """One row of a release, back to its source. The number of statements does not grow.

    verdict: the one that was released; it may have been replaced since. adjudicator: pseudonym of who settled
    it. pi: the inclusion probability that counts, None for what no policy routed. releases: all that are out
    and have this record, newest first.
    """

    row: ReleaseRow
    item: Item
    verdict: Verdict
    reviews: Sequence[Said]
    adjudicator: str | None
    routing: Routing | None
    pi: float | None
    releases: Sequence[ReleaseRow]

    @property
    def record_id(self) -> str:
        return f"r-{self.item.pk}"

    @property
    def record_sha256(self) -> str:
        return bytes(self.row.record_sha256).hex()

    @property
    def still_stands(self) -> bool:
        """Whether the people still say what was released."""
        return self.verdict.withdrawn_at is None

    @property
    def rights(self) -> Mapping[str, Any]:
        """What its sender said of licence, consent and origin; empty when nothing, or when it is erased."""
        return self.item.prediction.payload.record.get("rights") or {}


class RowInList(NamedTuple):
    """One row of a release in a list. excerpt: how its output begins; is_withdrawn: since it was released."""

    item: int
    prediction_id: int
    split: str
    line: int
    decision: str
    excerpt: str
    is_withdrawn: bool

    @property
    def record_id(self) -> str:
        return f"r-{self.item}"


_ROWS = """
SELECT r.item_id, i.prediction_id, r.split, r.line, v.decision, left(b.output_text, %s),
  EXISTS (SELECT 1 FROM queues_recall c WHERE c.prediction_id = i.prediction_id)
FROM (SELECT item_id, verdict_id, split, line FROM queues_releaserow
      WHERE release_id = %s AND item_id > %s ORDER BY item_id LIMIT %s) r
JOIN queues_item i ON i.id = r.item_id
JOIN queues_verdict v ON v.id = r.verdict_id
JOIN queues_payload b ON b.prediction_id = i.prediction_id
ORDER BY r.item_id
"""


def rows_of(release: Release, *, after: int = 0, limit: int) -> list[RowInList]:
    """The rows of a release in the order of their items, behind this one; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [EXCERPT, release.pk, after, limit])
        return [RowInList(*values) for values in cursor.fetchall()]


def item_of(record_id: str) -> int | None:
    """The number in a record's id; None for what is no id."""
    number = record_id.removeprefix("r-")
    is_id = record_id.startswith("r-") and number.isascii() and number.isdigit() and len(number) < 19
    return int(number) if is_id else None


def item_at(release: Release, split: str, line: int) -> int | None:
    """The item on a line of the file of a split, from 1; None where it has no such line."""
    if not 0 < line < 2**31:
        return None
    found = ReleaseRow.objects.filter(release=release, split=split, line=line)
    return found.values_list("item_id", flat=True).first()


def has_row(release: Release, item: int) -> bool:
    """Whether the release has a row of this item."""
    return ReleaseRow.objects.filter(release=release, item=item).exists()


def lineage_of(release: Release, record_id: str, *, reader_id: int | None) -> Lineage:
    """The lineage of a record in a published release, or NotFound.

    WrongState for a reader who holds the item: they are to answer without knowing what others said.
    """
    item_id = item_of(record_id)
    row = ReleaseRow.objects.filter(release=release, item=item_id).first() if item_id else None
    if row is None:
        raise NotFound(_("This release has no such record. Its provenance names the records that it has."))
    if Slot.objects.filter(item=row.item_id, person=reader_id, state=SlotState.LEASED).exists():
        raise WrongState(
            _("You hold this item: what others said about it is shown after you have submitted.")
        )
    row.release = release
    item = Item.objects.select_related("queue__project", "prediction__payload").get(pk=row.item_id)
    verdict = Verdict.objects.select_related("form", "dispute_rule").get(pk=row.verdict_id)
    names = names_of(item.queue.project_id)
    routing = (
        Routing.objects.filter(prediction=item.prediction).select_related("policy", "prediction").first()
    )
    return Lineage(
        row=row,
        item=item,
        verdict=verdict,
        reviews=_reviews(verdict, names),
        adjudicator=names.pseudonym(verdict.decided_by_id) if verdict.decided_by_id else None,
        routing=routing,
        pi=effective_pi(routing, item.prediction.second_looks.all()) if routing else None,
        releases=_releases(item),
    )


def _reviews(verdict: Verdict, names: Names) -> list[Said]:
    ids = verdict.review_ids or ([verdict.review_id] if verdict.review_id else [])
    found = Review.objects.filter(pk__in=ids).select_related("form").order_by("pk")
    return [Said(review, names.pseudonym(review.person_id)) for review in found]


def _releases(item: Item) -> list[ReleaseRow]:
    rows = ReleaseRow.objects.filter(item=item, release__state__in=OUT).select_related("release__dataset")
    return list(rows.order_by("-release_id")[:RELEASES_SHOWN])
