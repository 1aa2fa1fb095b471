"""From a release to a model, from the model to a figure, and back to the desk. Offline, on the CPU.

    python docs/close_the_loop.py --train refunds-sft-1.0.0 --golden refunds-golden-1.0.0 --out trained

--train, --golden: folders that `reviewapp pull` left, in the formats trl_sft and golden. --base: the folder
or name of a model; without it a tiny one is made on the spot, which proves the way and not the model. Writes
the LoRA adapter, `results.json` (before and after, on the same golden rows) and `predictions.jsonl`, which
`reviewapp push` hands to the desk: each answer of the new model with the answer that was expected.
Needs trl, peft and datasets (requirements/consumers.in).
"""

import argparse
import json
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from datasets import load_dataset
from peft import LoraConfig
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as Decoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    set_seed,
)
from trl import SFTConfig, SFTTrainer

TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
NEW_TOKENS = 64


def tiny_model(text: str, folder: Path) -> str:
    """A Llama of two layers with a tokenizer of every byte."""
    tokens = Tokenizer(BPE())
    tokens.pre_tokenizer, tokens.decoder = ByteLevel(add_prefix_space=False), Decoder()
    special = ["<pad>", "</s>"]
    tokens.train_from_iterator(
        [text], BpeTrainer(vocab_size=400, special_tokens=special, initial_alphabet=ByteLevel.alphabet())
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=tokens, pad_token="<pad>", eos_token="</s>")
    tokenizer.chat_template = TEMPLATE
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=64, intermediate_size=128, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=4, pad_token_id=0, eos_token_id=1,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def train(base: str, rows: Path, out: Path, *, steps: int) -> Any:
    """LoRA on the rows as they are: no mapping function. The trained model."""
    config = SFTConfig(
        output_dir=str(out / "steps"), max_steps=steps, per_device_train_batch_size=4, learning_rate=5e-3,
        report_to=[], use_cpu=True, seed=7, save_strategy="no",
    )  # fmt: skip
    lora = LoraConfig(r=8, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM")
    trainer = SFTTrainer(
        model=base,
        args=config,
        train_dataset=load_dataset("json", data_files=str(rows), split="train"),
        peft_config=lora,
    )
    trainer.train()
    trainer.save_model(str(out / "adapter"))
    return trainer.model


def messages_of(row: dict[str, Any]) -> list[dict[str, str]]:
    asked = row["input"]
    return [{"role": "user", "content": asked}] if isinstance(asked, str) else asked


def normalised(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@torch.no_grad()
def evaluate(model: Any, tokenizer: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Per golden row: what the model answers, whether that is a target, and the loss of the first target."""
    model.eval()
    found = []
    for row in rows:
        targets = [row["target"]] if isinstance(row["target"], str) else row["target"]
        prompt = tokenizer.apply_chat_template(messages_of(row), tokenize=False, add_generation_prompt=True)
        asked = tokenizer(prompt, return_tensors="pt", add_special_tokens=False)
        asked.pop("token_type_ids", None)
        length = asked["input_ids"].shape[1]
        written = model.generate(**asked, max_new_tokens=NEW_TOKENS, do_sample=False)
        answer = tokenizer.decode(written[0][length:], skip_special_tokens=True)
        whole = tokenizer(prompt + targets[0], return_tensors="pt", add_special_tokens=False)["input_ids"]
        labels = whole.clone()
        labels[:, :length] = -100
        loss = float(model(input_ids=whole, labels=labels).loss)
        is_right = normalised(answer) in {normalised(target) for target in targets}
        found.append(
            {"id": row["id"], "answer": answer, "target": targets[0], "right": is_right, "loss": loss}
        )
    return found


def summed_up(found: list[dict[str, Any]]) -> dict[str, Any]:
    n = len(found)
    right = sum(one["right"] for one in found)
    return {"n": n, "right": right, "loss": round(sum(one["loss"] for one in found) / n, 4)}


def prediction(
    row: dict[str, Any], answer: dict[str, Any], manifest: dict[str, Any], version: str
) -> dict[str, Any]:
    """prediction/1: the answer of the new model with what was expected of it, and what it was trained on."""
    parts = [
        {"role": one["role"], "parts": [{"type": "text", "content": one["content"]}]}
        for one in messages_of(row)
    ]
    return {
        "prediction_id": f"{version}:{row['id']}",
        "occurred_at": datetime.now(UTC).isoformat(),
        "input": {"messages": parts},
        "output": {"text": answer["answer"]},
        "model": {"request_model": "tuned", "version": version},
        "expected": {"value": answer["target"]},
        "tags": ["golden-run"],
        "metadata": {
            "trained_on": f"{manifest['dataset']}@{manifest['version']}",
            "dataset_sha256": manifest["dataset_sha256"],
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--golden", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", default="")
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--version", default="tuned-1")
    options = parser.parse_args()
    set_seed(7)
    options.out.mkdir(parents=True, exist_ok=True)
    rows_file = options.train / "train.jsonl"
    golden = [
        json.loads(line) for line in (options.golden / "golden.jsonl").read_bytes().split(b"\n") if line
    ]
    text = rows_file.read_text("utf-8")
    base = options.base or tiny_model(text, options.out / "base")
    tokenizer = AutoTokenizer.from_pretrained(base)
    before = evaluate(AutoModelForCausalLM.from_pretrained(base), tokenizer, golden)
    after = evaluate(train(base, rows_file, options.out, steps=options.steps), tokenizer, golden)
    trained_on, tested_on = (
        json.loads((folder / "manifest.json").read_bytes()) for folder in (options.train, options.golden)
    )
    results = {
        "trained_on": f"{trained_on['dataset']}@{trained_on['version']}",
        "tested_on": f"{tested_on['dataset']}@{tested_on['version']}",
        "before": summed_up(before),
        "after": summed_up(after),
    }
    (options.out / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    with (options.out / "predictions.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for row, answer in zip(golden, after, strict=True):
            file.write(json.dumps(prediction(row, answer, trained_on, options.version)) + "\n")
    print(json.dumps(results))


if __name__ == "__main__":
    main()
