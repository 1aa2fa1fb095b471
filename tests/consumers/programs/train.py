"""One step of a TRL trainer on the rows of a release, as they are: FILE TRAINER. Runs offline, on the CPU.

The model is made on the spot: it proves the file, not the model. Prints the columns that were prepared.
"""

import json
import sys
from pathlib import Path
from tempfile import mkdtemp

import trl
from datasets import load_dataset
from tiny import model_of  # type: ignore[import-not-found]  # beside it, when it runs

file, trainer_name = Path(sys.argv[1]), sys.argv[2]
rows = load_dataset("json", data_files=str(file), split="train")
model = model_of(file.read_text("utf-8"), mkdtemp(), is_reward=trainer_name == "Reward")
config = getattr(trl, f"{trainer_name}Config")(
    output_dir=mkdtemp(), max_steps=1, per_device_train_batch_size=2, report_to=[], use_cpu=True,
)  # fmt: skip
trainer = getattr(trl, f"{trainer_name}Trainer")(model=model, args=config, train_dataset=rows)
prepared = trainer.train_dataset
trainer.train()
print(json.dumps({"rows": len(rows), "prepared": len(prepared), "columns": prepared.column_names}))
