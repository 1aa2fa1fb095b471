"""Samples of inspect_ai from a golden file: FILE. Prints id, input and target of each."""

import json
import sys

from inspect_ai.dataset import json_dataset

samples = json_dataset(sys.argv[1])
print(
    json.dumps(
        [
            {"id": one.id, "input": [message.text for message in one.input], "target": one.target}
            for one in samples
        ]
    )
)
