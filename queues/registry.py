"""Where plug-ins are found by name: measures, detectors, rules, orders, metrics, formats."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Plug-ins of one kind, by the name under which documents (policies, datasets) refer to them."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._by_name: dict[str, T] = {}

    def register(self, name: str) -> Callable[[T], T]:
        """Decorator: make the decorated plug-in known as `name`; a name is taken once."""

        def remember(plug_in: T) -> T:
            if name in self._by_name:
                raise ValueError(f"there are two {self.kind}s named {name!r}")
            self._by_name[name] = plug_in
            return plug_in

        return remember

    def get(self, name: str) -> T:
        """The plug-in of this name; KeyError names the known ones."""
        try:
            return self._by_name[name]
        except KeyError:
            known = ", ".join(sorted(self._by_name))
            raise KeyError(f"no {self.kind} named {name!r}; known: {known}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[tuple[str, T]]:
        return iter(self._by_name.items())
