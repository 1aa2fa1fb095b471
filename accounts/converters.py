"""How an id looks in a URL: digits that fit a bigint, in ASCII. Anything else is no such page."""

from django.urls import register_converter


class Id:
    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Id, "id")
