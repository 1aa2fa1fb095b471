"""Verdicts and golden items with texts as people write them, and in a few what guards must find.

Of each hundred rows one tells an address or a number, one repeats the row before, one nearly so; of each
thousand one asks a golden question with a word changed, one in capitals. All the others are their own.
"""

from collections.abc import Iterator

from tests.benchmarks.prose import Prose

_ROWS, _GOLDEN = 1, 2  # seeds
_TOLD = "Write to jane.roe@gmail.com or call +49 30 901820 before noon."
Row = tuple[int, str, str, str | None, str | None]


def golden(how_many: int) -> Iterator[tuple[int, str, str]]:
    """Number, question, answer: 5 to 200 words, half of the questions with more than 20, of answers 40."""
    prose = Prose(_GOLDEN)
    for first in range(0, how_many, _AT_ONCE):  # always so many: then fewer are the first of these
        questions = prose.texts(_AT_ONCE, median=20, least=5, most=200)
        answers = prose.texts(_AT_ONCE, median=40, least=5, most=200)
        yield from zip(range(first + 1, how_many + 1), questions, answers, strict=False)


def rows(how_many: int) -> Iterator[Row]:
    """Number, question, output, correction, origin; 200 to 2,000 characters each for most of them.

    Three fifths are approved, the rest corrected in a sentence; every twentieth was written by a model.
    """
    prose, asked = Prose(_ROWS), _questions()
    before: Row | None = None
    for first in range(0, how_many, _AT_ONCE):
        part = min(_AT_ONCE, how_many - first)
        questions = list(prose.texts(part, median=30, least=5, most=250))
        outputs = list(prose.texts(part, median=100, least=5, most=300))
        changes = list(prose.texts(part, median=12, least=4, most=30))
        for n, question, output, change in zip(
            range(first + 1, first + part + 1), questions, outputs, changes, strict=True
        ):
            row = _row(n, question, output, change)
            match n % 1_000:
                case 500:
                    row = (n, _reworded(next(asked), change), *row[2:])
                case 501:
                    row = (n, next(asked).upper(), *row[2:])
                case _ if n % 100 == 10:
                    row = (n, question, f"{output} {_TOLD}", f"{change} {_TOLD}", None)
                case _ if n % 100 == 21 and before is not None:
                    row = (n, *before[1:])
                case _ if n % 100 == 31 and before is not None:
                    row = (n, before[1], _reworded(before[2], change), before[3], before[4])
            before = row
            yield row


_AT_ONCE = 10_000


def _row(n: int, question: str, output: str, change: str) -> Row:
    corrected = None if n % 5 < 3 else f"{change} {output[len(output) // 4 :]}"
    return n, question, output, corrected, "synthetic" if n % 20 == 1 else None


def _questions() -> Iterator[str]:
    """Golden questions that are long enough to be known again with a word changed, from the first on."""
    for _n, question, _answer in golden(_AT_ONCE):
        if len(question.split()) > 20:
            yield question


def _reworded(text: str, change: str) -> str:
    """With one word of another text in its middle."""
    words = text.split()
    words[len(words) // 2] = change.split()[0].lower()
    return " ".join(words)
