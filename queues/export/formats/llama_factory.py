"""The entry of `dataset_info.json` by which LLaMA-Factory finds the files of a release."""

import json
from collections.abc import Mapping

from queues.export.formats.base import Told


def dataset_info(told: Told, **fields: object) -> Mapping[str, bytes]:
    """One entry per split, `refunds` and `refunds_validation`: the name is what its configuration says."""
    entries = {
        told.dataset if split == "train" else f"{told.dataset}_{split}": {"file_name": file, **fields}
        for split, file in told.files.items()
    }
    return {"dataset_info.json": json.dumps(entries, indent=2).encode() + b"\n"}
