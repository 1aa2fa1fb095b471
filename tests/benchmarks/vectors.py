"""Vectors as an encoder would have made them, for what compares them: made by chance, not of the texts.

Nothing here imports Django before the stack has set it up.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import orjson
import psycopg

if TYPE_CHECKING:
    from tests.benchmarks.seed import House

Vectors = npt.NDArray[np.float32]
DIMENSIONS = 384
PLANTED = 100  # rows whose question is alike a golden one
_LIKE_OTHERS = 0.5  # of each vector is the same in all: texts of one product are no random directions
_NEAR = 0.98
_PART = 20_000
_OF_ROWS = "COPY queues_vector (project_id, encoder_id, part, prediction_id, is_reviewed, vector) FROM STDIN"
_OF_GOLDEN = "COPY queues_goldenvector (project_id, encoder_id, version_id, vector) FROM STDIN"


def vectors(how_many: int, seed: int) -> Vectors:
    """Unit vectors that lean to one side together, as those of texts about the same things do."""
    chance = np.random.default_rng(seed)
    side = np.random.default_rng(0).standard_normal(DIMENSIONS).astype(np.float32)
    own = chance.standard_normal((how_many, DIMENSIONS), np.float32)
    return _unit(own * (1.0 - _LIKE_OTHERS) + side * _LIKE_OTHERS)


def near(rows: Vectors) -> Vectors:
    """One that is alike each of these."""
    return _unit(_NEAR * rows + (1.0 - _NEAR**2) ** 0.5 * vectors(len(rows), 3))


def _unit(rows: Vectors) -> Vectors:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def stored(database: psycopg.Connection, home: "House", how_many: int) -> None:
    """A vector of each golden question and of so many predictions, the last PLANTED of which are near."""
    from queues.score import vectors as house_vectors  # noqa: PLC0415 - Django is up only now
    from queues.score.own_encoder import own_encoder  # noqa: PLC0415

    encoder = own_encoder()
    if encoder is None or encoder.dimensions != DIMENSIONS:
        raise RuntimeError(f"ENCODER is not one of {DIMENSIONS} dimensions")
    encoder_id = house_vectors.known(encoder).pk
    versions = [row[0] for row in database.execute("SELECT id FROM queues_goldenversion ORDER BY id")]
    golden = vectors(len(versions), 1)
    with database.transaction(), database.cursor() as cursor:
        cursor.execute("LOCK TABLE queues_goldenvector IN EXCLUSIVE MODE")  # the worker may have begun
        cursor.execute("DELETE FROM queues_goldenvector")
        with cursor.copy(_OF_GOLDEN) as copy:
            for version, row in zip(versions, golden, strict=True):
                copy.write_row((home.project_id, encoder_id, version, row.tobytes()))
    for first in range(0, how_many, _PART):
        rows = vectors(min(_PART, how_many - first), 1_000 + first)
        if first + len(rows) == how_many:
            rows[-PLANTED:] = near(golden[:PLANTED])
        with database.cursor() as cursor, cursor.copy(_OF_ROWS) as copy:
            for number, row in enumerate(rows, start=first + 1):
                text = orjson.dumps(row, option=orjson.OPT_SERIALIZE_NUMPY).decode()
                copy.write_row((home.project_id, encoder_id, "input", number, True, text))
    database.execute("VACUUM ANALYZE queues_vector, queues_goldenvector")
