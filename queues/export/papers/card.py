"""README.md of a release: the dataset card, as Hugging Face reads its front matter and people the rest.

In English in every project: it leaves with the files, to people who have never seen this one.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from queues.export.files.written import Written
from queues.export.formats.trl_kto import weight_ranges
from queues.export.row import Record

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?=[-_]|\Z)")
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-!|<>~])")
_IN_BRIEF = 30  # values of one count that are listed


def card(manifest: Record, *, rows: Mapping[str, Written], labels: Mapping[bool, int]) -> str:
    """The whole page. rows: split → its file; labels: how many rows have each, where they have one."""
    parts = [_front_matter(manifest, rows), _heading(manifest, rows), _selection(manifest)]
    parts += [_splits(manifest["splits"], rows)]
    parts += [_counts(manifest), _agreement(manifest["agreement"]), _left_out(manifest["excluded"])]
    parts += [_weights(labels), _LIMITS]
    return "\n".join(part for part in parts if part)


_LIMITS = """\
## Known limits

- What no rule and no draw picked is not in here: rates over all traffic need the weights (1/pi) of each row.
- The agreement is that of the queues on their newest shared items, not of these rows alone.
- A row may be withdrawn later: ask the server for the recalls of this release before using it again.
"""


def _front_matter(manifest: Record, rows: Mapping[str, Written]) -> str:
    """YAML, of which JSON is a part: nothing that a person wrote can break out of its quotes."""
    files = [{"split": split, "path": written.name} for split, written in rows.items()]
    lines: dict[str, object] = {
        "license": _licence(manifest["licences"]),
        "language": _languages(manifest["locales"]),
        "pretty_name": f"{manifest['title']} {manifest['version']}",
        "size_categories": [_size(manifest["records"])],
        "task_categories": ["text-generation"],
        "annotations_creators": ["expert-generated"],
        "source_datasets": ["original"],
        "configs": [
            {"config_name": "default", "data_files": files},
        ],
    }
    told = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in lines.items() if value]
    return "\n".join(["---", *told, "---", ""])


def _licence(licences: Mapping[str, int]) -> str:
    """As the hub knows licences: small letters; "other" for several."""
    known = list(licences)
    return known[0].lower() if len(known) == 1 else "other"


def _languages(locales: Mapping[str, int]) -> list[str]:
    found = (_LANGUAGE.match(locale) for locale in locales if locale != "unknown")
    return sorted({match[0].lower() for match in found if match})


def _size(records: int) -> str:
    return next((name for below, name in _SIZES if records < below), "1M<n<10M")


def _heading(manifest: Record, rows: Mapping[str, Written]) -> str:
    lines = [
        f"# {plain(manifest['title'])}",
        "",
        f"`{manifest['dataset']}@{manifest['version']}`, format `{manifest['kind']}`, "
        f"{manifest['records']:,} rows in {_names(rows)}. Content hash `{manifest['dataset_sha256']}`.",
        "",
    ]
    notes = [f"> {plain(line)}" for line in manifest["notes"].splitlines()]
    return "\n".join([*lines, *notes, ""] if notes else lines)


def _selection(manifest: Record) -> str:
    certain, records = manifest["rows_picked_for_certain"], manifest["records"]
    lines = [
        "## How the rows were selected",
        "",
        f"{certain:,} of {records:,} rows were picked for certain by a rule (pi = 1); the others by a draw "
        "whose probability stands in the provenance.",
        f"Policy versions: {_listed(manifest['policy_versions'])}. "
        f"Forms: {_listed(manifest['form_versions'])}. Reviews per row: {manifest['reviews_per_row']}.",
        "",
        "```json",
        json.dumps(manifest["query"], indent=2, ensure_ascii=True),
        "```",
        "",
    ]
    return "\n".join(lines)


def _names(rows: Mapping[str, Written]) -> str:
    return ", ".join(f"`{written.name}`" for written in rows.values())


def _splits(splits: Record, rows: Mapping[str, Written]) -> str:
    """How rows were shared out; nothing where all of them are in one file."""
    if len(rows) < 2:
        return ""
    lines = [
        "## Splits",
        "",
        "Rows of one conversation, else rows that ask the same, are one group, and a group never moves:",
        "where it was first published it stays. New groups are drawn by SHA-256(seed U+001F group).",
        "",
        "| split | share | rows |",
        "|---|---:|---:|",
    ]
    shares = splits.get("shares", {})
    lines += [f"| {split} | {shares.get(split, 0):g} | {splits['rows'][split]:,} |" for split in rows]
    return "\n".join([*lines, ""])


def _counts(manifest: Record) -> str:
    lines = ["## What is in it", "", "| by | value | rows |", "|---|---|---:|"]
    for name in ("decisions", "basis", "queues", "rules", "locales", "licences", "model_versions"):
        lines += _table_rows(name.replace("_", " "), manifest[name])
    return "\n".join([*lines, ""])


def _table_rows(by: str, counts: Mapping[str, int]) -> Iterator[str]:
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    yield from (f"| {by} | {plain(value)} | {count:,} |" for value, count in most[:_IN_BRIEF])
    if len(most) > _IN_BRIEF:
        rest = most[_IN_BRIEF:]
        yield f"| {by} | {len(rest)} others | {sum(count for _value, count in rest):,} |"


def _agreement(agreement: Mapping[str, Mapping[str, Record]]) -> str:
    lines = [
        "## Agreement",
        "",
        "| queue | question | coefficient | value | items |",
        "|---|---|---|---|---:|",
    ]
    for queue, questions in agreement.items():
        lines += [
            f"| {plain(queue)} | {plain(key)} | {told['metric']} | {_figure(told)} | {told['items']:,} |"
            for key, told in questions.items()
        ]
    return "\n".join([*lines, ""]) if len(lines) > 4 else ""


def _figure(told: Record) -> str:
    if told["value"] is None:
        return f"not defined ({told['why']})"
    value = f"{told['value']:.3f}"
    return (
        f"{value} [{told['ci95'][0]:.3f}–{told['ci95'][1]:.3f}]" if told["ci95"] else f"{value}, no interval"
    )


def _left_out(excluded: Mapping[str, int]) -> str:
    if not excluded:
        return ""
    lines = ["## Left out", "", "| code | verdicts |", "|---|---:|"]
    return "\n".join([*lines, *(f"| `{code}` | {count:,} |" for code, count in excluded.items()), ""])


def _weights(labels: Mapping[bool, int]) -> str:
    """For KTO: both kinds of answers should weigh about the same."""
    if not labels:
        return ""
    told = f"{labels.get(True, 0):,} desirable and {labels.get(False, 0):,} undesirable answers."
    ranges = weight_ranges(labels.get(True, 0), labels.get(False, 0))
    if ranges is None:
        return f"## Weights\n\n{told} KTO needs both.\n"
    ends = [f"`{name}` in [{low:.2f}, {high:.2f}]" for name, (low, high) in ranges.items()]
    return f"## Weights\n\n{told} For KTO set ONE of: {' or '.join(ends)}.\n"


def _listed(values: Sequence[object]) -> str:
    return ", ".join(map(str, values)) or "none"


def plain(text: object) -> str:
    """A text of a person inside Markdown, on one line, acting on nothing."""
    return _MARKUP.sub(r"\\\1", " ".join(str(text).split()))
