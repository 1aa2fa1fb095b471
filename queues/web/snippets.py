"""How a program gets a release and trains on it: code to copy, and a word on each for people.

The code is not for translation. It holds no comments where a shell reads it: that of macOS, by default, knows
none in what is pasted.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from queues.models import Release, ReleaseFile

_TRAINERS = {
    "trl_sft": "SFT",
    "trl_sft_prompt_completion": "SFT",
    "trl_dpo": "DPO",
    "trl_dpo_implicit": "Reward",
    "trl_kto": "KTO",
}
_KEY = ': "${REVIEWAPP_API_KEY:?Set it to a key that may pull}"'
_WITHDRAWN = "Reviewapp-Withdrawn-Rows"  # as queues.api.withdrawn tells it


@dataclass(frozen=True, slots=True)
class Snippet:
    """One way, under its name; note: what it needs, and what it does at its end."""

    name: str
    code: str
    note: str | Promise


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a release is. base_url: of this server; name: name@version; rows: the file of its main split."""

    base_url: str
    project: str
    name: str
    rows: ReleaseFile

    @property
    def folder(self) -> str:
        """Into which the client pulls it."""
        return self.name.replace("@", "-")

    @property
    def url(self) -> str:
        return f"{self.base_url}/api/v1/projects/{self.project}/releases/{self.name}/files/{self.rows.path}"

    @property
    def server(self) -> str:
        return f"export REVIEWAPP_URL={self.base_url} REVIEWAPP_PROJECT={self.project}"


def snippets_of(release: Release, *, base_url: str, project: str) -> list[Snippet]:
    """The shortest way first; all of them with a key in the environment."""
    name = f"{release.dataset.name}@{release.version}"
    place = _Place(base_url, project, name, next(iter(release.files.all())))
    ways = [_pull(place), _datasets(place)]
    if trainer := _TRAINERS.get(release.dataset.format):
        ways = [_train(trainer, place), *ways, _training(trainer, place)]
    return [*ways, _curl(place), _link(place)]


def _train(trainer: str, place: _Place) -> Snippet:
    """One command from nothing to a training run; what is missing in the environment stops it at once."""
    code = (
        f"{place.server} &&\n"
        f'{_KEY} "${{MODEL:?Set it to a model: a folder, or a name on the hub}}" &&\n'
        f"reviewapp pull {place.name} --verify &&\n"
        f'trl {trainer.lower()} --model_name_or_path "$MODEL" --dataset_name ./{place.folder}'
        " --output_dir trained"
    )
    note = _(
        "MODEL is a folder, or a name on the hub. Without a GPU, append --use_cpu. Nothing is trained when a"
        " file is not whole, or when rows of the release were withdrawn since."
    )
    return Snippet(f"pull, and train with TRL {trainer}", code, note)


def _pull(place: _Place) -> Snippet:
    code = f"{place.server}\n{_KEY}\nreviewapp pull {place.name} --verify"
    note = _(
        "All files into a folder of its name, each against its SHA-256. It ends with code 5 when rows of the"
        " release were withdrawn since. Where there is no such command, docs/client.md says what it needs."
    )
    return Snippet("reviewapp", code, note)


def _datasets(place: _Place) -> Snippet:
    code = (
        "import os\nimport requests\nfrom datasets import load_dataset\n\n"
        f'url = "{place.url}"\n'
        'headers = {"Authorization": f"Bearer {os.environ[\'REVIEWAPP_API_KEY\']}"}\n'
        "told = requests.head(url, headers=headers, timeout=60)\n"
        "told.raise_for_status()\n"
        f'if withdrawn := told.headers.get("{_WITHDRAWN}"):\n'
        '    raise SystemExit(f"Rows withdrawn since: {withdrawn}")\n'
        'rows = load_dataset("json", data_files=url, split="train", storage_options={"headers": headers})'
    )
    note = _("In Python, with datasets, requests and aiohttp: the rows, without a file of your own.")
    return Snippet("datasets", code, note)


def _training(trainer: str, place: _Place) -> Snippet:
    code = (
        "import os\nfrom datasets import load_dataset\n"
        f"from trl import {trainer}Config, {trainer}Trainer\n\n"
        f'rows = load_dataset("json", data_files="{place.folder}/{place.rows.path}", split="train")\n'
        f"{trainer}Trainer(\n"
        '    model=os.environ["MODEL"],  # a folder, or a name on the hub\n'
        f'    args={trainer}Config(output_dir="trained"),\n'
        "    train_dataset=rows,  # as it is: no mapping function\n"
        ").train()"
    )
    note = _("Where the release was pulled, with MODEL set to a folder, or to a name on the hub.")
    return Snippet(f"TRL {trainer}Trainer", code, note)


def _curl(place: _Place) -> Snippet:
    """In a shell of its own, so that nothing of it stays behind, and `exit` leaves only that."""
    code = (
        f"(\n{_KEY}\n"
        f"url={place.url}\n"
        f"file={place.folder}/{place.rows.path}\n"
        'ask() { curl --fail --header "Authorization: Bearer $REVIEWAPP_API_KEY" "$@" "$url"; }\n'
        f'whole() {{ echo "{place.rows.sha256}  $file" | sha256sum -c; }}\n'
        'whole >/dev/null 2>&1 || ask --create-dirs --continue-at - --output "$file" ||\n'
        '  { echo "Run it again to go on, or remove $file to begin anew."; exit 1; }\n'
        "whole && told=$(ask --silent --show-error --head) &&\n"
        f"  ! echo \"$told\" | grep -i -e '^{_WITHDRAWN.lower()}' -e '^link'\n)"
    )
    note = _(
        "The file of the rows. Run again after a cut, it goes on, and it checks the whole. It fails, and says"
        " how many and where to go instead, when rows of the release were withdrawn since."
    )
    return Snippet("curl", code, note)


def _link(place: _Place) -> Snippet:
    code = (
        'curl --fail --header "Authorization: Bearer $REVIEWAPP_API_KEY" \\\n'
        '  --header "Content-Type: application/json" --data \'{"seconds": 600}\' \\\n'
        f"  {place.url}:link"
    )
    note = _("It answers with an address that is good for ten minutes, for tools that send no header.")
    return Snippet("signed link", code, note)
