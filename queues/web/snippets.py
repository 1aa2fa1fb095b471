"""How a program gets a release and trains on it: code to copy. Not for translation."""

from dataclasses import dataclass

from queues.models import Release

_TRAINERS = {
    "trl_sft": "SFT",
    "trl_sft_prompt_completion": "SFT",
    "trl_dpo": "DPO",
    "trl_dpo_implicit": "Reward",
    "trl_kto": "KTO",
}


@dataclass(frozen=True, slots=True)
class Snippet:
    """One way, under its name."""

    name: str
    code: str


def snippets_of(release: Release, *, base_url: str, project: str) -> list[Snippet]:
    """The shortest way first; all of them with a key in the environment."""
    files = {file.path: file for file in release.files.all()}
    rows = next(iter(files))
    name = f"{release.dataset.name}@{release.version}"
    url = f"{base_url}/api/v1/projects/{project}/releases/{name}/files/{rows}"
    folder = name.replace("@", "-")
    pull = (
        f"export REVIEWAPP_URL={base_url} REVIEWAPP_PROJECT={project}\n"
        ': "${REVIEWAPP_API_KEY:?Set it to a key that may pull}"\n'
        f"reviewapp pull {name} --verify   # into {folder}/, every file against its SHA-256"
    )
    datasets = (
        "import os\nfrom datasets import load_dataset\n\n"
        'headers = {"Authorization": f"Bearer {os.environ[\'REVIEWAPP_API_KEY\']}"}\n'
        f'rows = load_dataset(\n    "json",\n    data_files="{url}",\n    split="train",\n'
        '    storage_options={"headers": headers},\n)'
    )
    curl = (
        f"curl --fail --continue-at - --output {rows} \\\n"
        '  --header "Authorization: Bearer $REVIEWAPP_API_KEY" \\\n'
        f"  {url}\n"
        f'echo "{files[rows].sha256}  {rows}" | sha256sum --check'
    )
    found = [Snippet("reviewapp", pull), Snippet("datasets", datasets)]
    if trainer := _TRAINERS.get(release.dataset.format):
        train = _train(trainer, name, base_url=base_url, project=project)
        found.insert(0, Snippet(f"pull, and train with TRL {trainer}", train))
        found.append(Snippet(f"TRL {trainer}Trainer", _training(trainer, f"{folder}/{rows}")))
    return [*found, Snippet("curl", curl), Snippet("signed link", _link(url))]


def _train(trainer: str, name: str, *, base_url: str, project: str) -> str:
    """One command from nothing to a training run; what is missing in the environment stops it at once."""
    folder = name.replace("@", "-")
    return (
        f"export REVIEWAPP_URL={base_url} REVIEWAPP_PROJECT={project} &&\n"
        ': "${REVIEWAPP_API_KEY:?Set it to a key that may pull}" '
        '"${MODEL:?Set it to a model: a folder, or a name on the hub}" &&\n'
        f"reviewapp pull {name} --verify &&\n"
        f'trl {trainer.lower()} --model_name_or_path "$MODEL" --dataset_name ./{folder} --output_dir trained'
        "  # without a GPU: --use_cpu"
    )


def _training(trainer: str, path: str) -> str:
    return (
        "from datasets import load_dataset\n"
        f"from trl import {trainer}Config, {trainer}Trainer\n\n"
        f'rows = load_dataset("json", data_files="{path}", split="train")\n'
        f"{trainer}Trainer(\n"
        '    model="your/model",  # a folder, or a name on the hub\n'
        f'    args={trainer}Config(output_dir="trained"),\n'
        "    train_dataset=rows,  # as it is: no mapping function\n"
        ").train()"
    )


def _link(url: str) -> str:
    return (
        'curl --fail --header "Authorization: Bearer $REVIEWAPP_API_KEY" \\\n'
        '  --header "Content-Type: application/json" --data \'{"seconds": 600}\' \\\n'
        f"  {url}:link"
    )
