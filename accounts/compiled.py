"""A query of the ORM whose SQL is written once and run often.

Django builds the SQL of a query anew each time, which costs more than the database needs to answer it:
1.5 ms for the key of an API request. The few queries that every request or review runs are built once:

    _BY_PREFIX = Compiled(lambda: ApiKey.objects.filter(prefix=Argument("prefix")).select_related("person"))
    key = _BY_PREFIX.first(prefix="4f2a…")

`all` gives every row that it finds, in the order of the queryset.

Values that differ from call to call are `Argument`s; conditions, joins and locks cannot differ.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Expression, Model, QuerySet
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)


class Argument(Expression):
    """Stands in a condition for a value that is given when the query runs."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(  # type: ignore[override]  # the stub knows only parameters that are values already
        self, compiler: Any, connection: Any
    ) -> tuple[str, tuple["Argument"]]:
        return "%s", (self,)


class Compiled(Generic[Row]):
    """The rows of a queryset, with all that it selects, annotates and locks."""

    def __init__(self, build: Callable[[], QuerySet[Row]]) -> None:
        self._build = build

    def first(self, **arguments: int | str | None) -> Row | None:
        """The first row for these arguments, or None."""
        return next(iter(self._first.rows(arguments)), None)

    def all(self, **arguments: int | str | None) -> list[Row]:
        """Every row for these arguments."""
        return self._all.rows(arguments)

    @cached_property
    def _first(self) -> "_Statement[Row]":
        queryset = self._build()
        return _Statement((queryset if queryset.ordered else queryset.order_by("pk"))[:1])

    @cached_property
    def _all(self) -> "_Statement[Row]":
        return _Statement(self._build())


class _Statement(Generic[Row]):
    """The SQL of one queryset, and what makes models of the rows that it gives."""

    def __init__(self, queryset: QuerySet[Row]) -> None:
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, self._parameters = compiler.as_sql()
        self._reader: _Reader[Row] = _Reader(compiler)

    def rows(self, arguments: Mapping[str, int | str | None]) -> list[Row]:
        values = [arguments[one.name] if isinstance(one, Argument) else one for one in self._parameters]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, values)
            return [self._reader.read(row) for row in cursor.fetchall()]


class _Reader(Generic[Row]):
    """Makes models of rows as Django's ModelIterable does, with what does not change found out once."""

    def __init__(self, compiler: Any) -> None:
        about, select = compiler.klass_info, compiler.select
        places = about["select_fields"]
        self._own = slice(places[0], places[-1] + 1)
        self._model: type[Row] = about["model"]
        self._names = [column.target.attname for column, _sql, _alias in select[self._own]]
        # The stub tells of Django 6, where a fourth argument is needed.
        self._related = get_related_populators(about, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
        self._annotations = dict(compiler.annotation_col_map or {})
        self._converters = compiler.get_converters([column for column, _sql, _alias in select])
        self._convert = compiler.apply_converters

    def read(self, row: Sequence[Any]) -> Row:
        [values] = self._convert([row], self._converters) if self._converters else [row]
        found = self._model.from_db(DEFAULT_DB_ALIAS, self._names, values[self._own])
        for related in self._related:
            related.populate(values, found)
        for name, place in self._annotations.items():
            setattr(found, name, values[place])
        return found
