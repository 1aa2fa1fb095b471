"""Where plug-ins are found by name: measures, detectors, rules, orders, metrics, formats."""

import pkgutil
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Generic, TypeVar

T = TypeVar("T")


def load_plug_ins(package: str, folders: Iterable[str]) -> None:
    """Import every module of a package of plug-ins, so that each registers: a new one is one file."""
    for module in sorted(module.name for module in pkgutil.iter_modules(folders)):
        import_module(f"{package}.{module}")


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
