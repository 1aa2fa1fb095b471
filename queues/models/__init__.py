"""A file per noun; constraints live with their model."""

from .dataset import DATASET_NAME, Dataset
from .flag import Flag, Severity
from .item import ITEM_MOVES, Item, ItemState
from .job import Heartbeat, Job, JobState
from .policy import Policy, Routing
from .prediction import Payload, Prediction, PredictionState
from .queue import FormVersion, Queue
from .release import RELEASE_MOVES, ExportKey, Release, ReleaseFile, ReleaseRow, ReleaseState
from .review import Decision, Draft, Review
from .score import Scores
from .slot import Skip, SkipReason, Slot, SlotState
from .verdict import Basis, Verdict

__all__ = [
    "DATASET_NAME",
    "ITEM_MOVES",
    "RELEASE_MOVES",
    "Basis",
    "Dataset",
    "Decision",
    "Draft",
    "ExportKey",
    "Flag",
    "FormVersion",
    "Heartbeat",
    "Item",
    "ItemState",
    "Job",
    "JobState",
    "Payload",
    "Policy",
    "Prediction",
    "PredictionState",
    "Queue",
    "Release",
    "ReleaseFile",
    "ReleaseRow",
    "ReleaseState",
    "Review",
    "Routing",
    "Scores",
    "Severity",
    "Skip",
    "SkipReason",
    "Slot",
    "SlotState",
    "Verdict",
]
