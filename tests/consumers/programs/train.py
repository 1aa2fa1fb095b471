"""One step of a TRL trainer on the rows of a release, as they are: FILE TRAINER. Runs offline, on the CPU.

The model is made on the spot: it proves the file, not the model. Prints the columns that were prepared.
"""

import json
import sys
from pathlib import Path
from tempfile import mkdtemp

import trl
from datasets import load_dataset
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as Decoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    LlamaForSequenceClassification,
    PreTrainedTokenizerFast,
)

TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def model_of(text: str, *, is_reward: bool) -> str:
    """A folder with a tokenizer of every byte and a Llama of two layers."""
    tokens = Tokenizer(BPE())
    tokens.pre_tokenizer, tokens.decoder = ByteLevel(add_prefix_space=False), Decoder()
    trainer = BpeTrainer(
        vocab_size=400, special_tokens=["<pad>", "</s>"], initial_alphabet=ByteLevel.alphabet()
    )
    tokens.train_from_iterator([text], trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=tokens, pad_token="<pad>", eos_token="</s>")
    tokenizer.chat_template = TEMPLATE
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=2, pad_token_id=0, eos_token_id=1,
    )  # fmt: skip
    config.num_labels = 1  # one reward; a model that writes does not look at it
    folder = mkdtemp()
    kind = LlamaForSequenceClassification if is_reward else LlamaForCausalLM
    kind(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


file, trainer_name = Path(sys.argv[1]), sys.argv[2]
rows = load_dataset("json", data_files=str(file), split="train")
model = model_of(file.read_text("utf-8"), is_reward=trainer_name == "Reward")
config = getattr(trl, f"{trainer_name}Config")(
    output_dir=mkdtemp(), max_steps=1, per_device_train_batch_size=2, report_to=[], use_cpu=True,
)  # fmt: skip
trainer = getattr(trl, f"{trainer_name}Trainer")(model=model, args=config, train_dataset=rows)
prepared = trainer.train_dataset
trainer.train()
print(json.dumps({"rows": len(rows), "prepared": len(prepared), "columns": prepared.column_names}))
