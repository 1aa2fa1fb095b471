"""What `manage.py ingest` can bring in: how one record of each kind is checked and stored."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from accounts.actor import SYSTEM
from accounts.models import Project
from queues import pipeline
from queues.curate.golden import actions as golden
from queues.curate.golden import record as golden_record
from queues.curate.golden.importing import REFUSED
from queues.curate.golden.record import CheckedGolden
from queues.errors import Fault, Invalid
from queues.ingest import dialects as _shipped  # noqa: F401 - importing it registers the dialects
from queues.ingest import record as prediction_record
from queues.ingest import sheets, subject_values
from queues.ingest.actions import Stored, user_key
from queues.ingest.dialect import convert, dialects
from queues.ingest.feedback import record as feedback_record
from queues.ingest.feedback.record import CheckedFeedback
from queues.ingest.jsontext import Sent
from queues.ingest.record import CheckedRecord
from queues.ingest.sheets import Sheet

Checked = TypeVar("Checked")


class Became(NamedTuple):
    """What became of one record: created, updated or duplicate; or rejected, with the fault."""

    status: str
    fault: Fault | None = None


class Arrivals(ABC, Generic[Checked]):
    """One kind of records; id_field: the key under which each names itself."""

    id_field: str
    sheet: Sheet

    def __init__(self, project: Project) -> None:
        self.project = project

    @abstractmethod
    def check(self, sent: Sent) -> Checked:
        """The record as it may be stored. Raises Invalid with every fault."""

    @abstractmethod
    def store(self, records: Sequence[Checked]) -> list[Became]:
        """Store these records, and say of each what became of it."""


class Predictions(Arrivals[CheckedRecord]):
    """prediction/1, or records of another tool, in its dialect."""

    id_field, sheet = "prediction_id", sheets.PREDICTIONS
    _taken = Fault(
        "/prediction_id",
        "prediction_id.taken",
        "Another record was stored under this id before, and it stays.",
    )

    def __init__(self, project: Project, *, dialect: str = "") -> None:
        super().__init__(project)
        self.dialect = dialect

    def check(self, sent: Sent) -> CheckedRecord:
        sent = convert(sent, self.dialect) if self.dialect else sent
        return prediction_record.check_sent(sent, user_key=user_key(self.project.pk))

    def store(self, records: Sequence[CheckedRecord]) -> list[Became]:
        admitted = subject_values.admitted(self.project.pk, records)
        good = [one for one in admitted if isinstance(one, CheckedRecord)]
        stored = iter(pipeline.receive(self.project, good, by=SYSTEM) if good else [])
        return [
            Became("rejected", one.faults[0]) if isinstance(one, Invalid) else self._became(next(stored))
            for one in admitted
        ]

    def _became(self, stored: Stored) -> Became:
        return Became("rejected", self._taken) if stored.status == "conflict" else Became(stored.status)


class FeedbackEvents(Arrivals[CheckedFeedback]):
    """feedback/1."""

    id_field, sheet = "event_id", sheets.FEEDBACK
    _refused = {
        "conflict": Fault(
            "/event_id", "event_id.taken", "Another event was stored under this id before, and it stays."
        ),
        "too_many": Fault(
            "/prediction_id",
            "feedback.too_many",
            "1,000 events wait for this prediction already; bring the prediction first.",
        ),
    }

    def check(self, sent: Sent) -> CheckedFeedback:
        return feedback_record.check_sent(sent, user_key=user_key(self.project.pk))

    def store(self, records: Sequence[CheckedFeedback]) -> list[Became]:
        stored = pipeline.receive_feedback(self.project, records, by=SYSTEM)
        return [_became(one.status, self._refused) for one in stored]


class GoldenItems(Arrivals[CheckedGolden]):
    """golden/1; as_new_version: items that are there with another content get a new version."""

    id_field, sheet = "golden_id", sheets.GOLDEN

    def __init__(self, project: Project, *, reason: str, as_new_version: bool) -> None:
        super().__init__(project)
        self.reason, self.as_new_version = reason, as_new_version

    def check(self, sent: Sent) -> CheckedGolden:
        return golden_record.check_sent(sent)

    def store(self, records: Sequence[CheckedGolden]) -> list[Became]:
        stored = golden.store(
            self.project.pk, records, by=SYSTEM, reason=self.reason, as_new_version=self.as_new_version
        )
        return [_became(one.status, REFUSED) for one in stored]


def _became(status: str, refused: dict[str, Fault]) -> Became:
    return Became("rejected", refused[status]) if status in refused else Became(status)


KINDS = ("predictions", "feedback", "golden")
DIALECTS = tuple(name for name, _mapper in dialects)


def arrivals_of(project: Project, options: dict[str, Any]) -> Arrivals[Any]:
    """The kind that the command line asks for."""
    if options["kind"] == "feedback":
        return FeedbackEvents(project)
    if options["kind"] == "golden":
        reason = options["reason"] or "imported from a file"
        return GoldenItems(project, reason=reason, as_new_version=options["as_new_version"])
    return Predictions(project, dialect=options["dialect"])
