"""A file per noun; constraints live with their model."""

from queues.models.dataset import DATASET_NAME, Dataset
from queues.models.document import SearchDocument
from queues.models.enrichment import ATTEMPTS_MAX, Enrichment, EnrichmentKind
from queues.models.flag import Flag, Severity
from queues.models.item import ITEM_MOVES, Item, ItemState
from queues.models.job import Heartbeat, Job, JobState
from queues.models.policy import Policy, Routing
from queues.models.prediction import Payload, Prediction, PredictionState
from queues.models.queue import FormVersion, Queue
from queues.models.release import RELEASE_MOVES, ExportKey, Release, ReleaseFile, ReleaseRow, ReleaseState
from queues.models.review import Decision, Draft, Review
from queues.models.score import Scores
from queues.models.slot import Skip, SkipReason, Slot, SlotState
from queues.models.vector import KnownEncoder, Part, Question
from queues.models.verdict import Basis, Verdict

__all__ = [
    "ATTEMPTS_MAX",
    "DATASET_NAME",
    "ITEM_MOVES",
    "RELEASE_MOVES",
    "Basis",
    "Dataset",
    "Decision",
    "Draft",
    "Enrichment",
    "EnrichmentKind",
    "ExportKey",
    "Flag",
    "FormVersion",
    "Heartbeat",
    "Item",
    "ItemState",
    "Job",
    "JobState",
    "KnownEncoder",
    "Part",
    "Payload",
    "Policy",
    "Prediction",
    "PredictionState",
    "Question",
    "Queue",
    "Release",
    "ReleaseFile",
    "ReleaseRow",
    "ReleaseState",
    "Review",
    "Routing",
    "Scores",
    "SearchDocument",
    "Severity",
    "Skip",
    "SkipReason",
    "Slot",
    "SlotState",
    "Verdict",
]
