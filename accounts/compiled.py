"""A query of the ORM whose SQL is written once and run often.

Django builds the SQL of a query anew each time, which costs more than the database needs to answer it:
1.5 ms for the key of an API request. The few queries that every request or review runs are built once:

    _BY_PREFIX = Compiled(lambda: ApiKey.objects.filter(prefix=Argument("prefix")).select_related("person"))
    key = _BY_PREFIX.first(prefix="4f2a…")

Values that differ from call to call are `Argument`s; conditions, joins and locks cannot differ.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Expression, Model, QuerySet
from django.db.models.query import ModelIterable

Row = TypeVar("Row", bound=Model)


class Argument(Expression):
    """Stands in a condition for a value that is given when the query runs."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


class Compiled(Generic[Row]):
    """The first row of a queryset, with all that it selects, annotates and locks."""

    def __init__(self, build: Callable[[], QuerySet[Row]]) -> None:
        self._build = build

    def first(self, **arguments: object) -> Row | None:
        """The first row for these arguments, or None."""
        sql, parameters = self._statement
        values = [arguments[one.name] if isinstance(one, Argument) else one for one in parameters]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            rows = cursor.fetchmany(1)
        return next(self._models(rows)) if rows else None

    @cached_property
    def _queryset(self) -> QuerySet[Row]:
        queryset = self._build()
        return (queryset if queryset.ordered else queryset.order_by("pk"))[:1]

    @cached_property
    def _compiler(self) -> Any:
        return self._queryset.query.get_compiler(DEFAULT_DB_ALIAS)

    @cached_property
    def _statement(self) -> tuple[str, tuple[Any, ...]]:
        return self._compiler.as_sql()  # type: ignore[no-any-return]

    def _models(self, rows: list[tuple[Any, ...]]) -> Iterator[Row]:
        """Rows as Django itself would make them, by handing it a query that has already been run."""
        answered: Any = _Answered(self._compiler, rows)
        return iter(ModelIterable(QuerySet(self._queryset.model, query=answered)))


class _Answered:
    """A query and its own compiler in one, whose rows are at hand."""

    def __init__(self, compiler: Any, rows: list[tuple[Any, ...]]) -> None:
        self._compiler = compiler
        self._rows = rows

    def get_compiler(self, using: str) -> "_Answered":
        return self

    def execute_sql(self, **options: object) -> list[list[tuple[Any, ...]]]:
        return [self._rows]  # in chunks, as a cursor gives them

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiler, name)
