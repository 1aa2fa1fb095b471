"""RFC 6901: how a fault names a place in a JSON document."""

from collections.abc import Iterable


def pointer(steps: Iterable[str | int]) -> str:
    """The pointer to the value at these keys and indexes; "" is the whole document."""
    return "".join(f"/{escaped(str(step))}" for step in steps)


def escaped(key: str) -> str:
    """A key as one step of a pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def unescaped(step: str) -> str:
    """The key that a step of a pointer stands for."""
    return step.replace("~1", "/").replace("~0", "~")
