"""Llama Guard behind an OpenAI-compatible chat endpoint, which fills in the model's own prompt.

What it answers is read by `parsers`; what cannot be read is flagged as `unparsed`, never an "allow".
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from queues.score.adapters.adapter import AdapterFailed, pieces_of
from queues.score.adapters.http import post
from queues.score.detector import Finding, Record
from queues.score.detectors.guardrails import finding_of
from queues.score.detectors.parsers import llama_guard_answer
from queues.score.detectors.taxonomy import UNPARSED
from queues.score.detectors.texts import INPUT, OUTPUT, text_of

PIECE_CHARACTERS = 20_000
INPUT_CHARACTERS = 4_000  # the end of what was asked, so that the answer is understood
AT_ONCE = 8  # requests
TOKENS = 64  # of its answer; it needs about ten


@dataclass(frozen=True, slots=True)
class LlamaGuard:
    """url: all of the address, such as http://127.0.0.1:8000/v1/chat/completions."""

    url: str
    key: str
    model: str
    component: str = "remote:llama-guard"

    def findings(self, records: Sequence[Record], /) -> list[list[Finding]]:
        """One finding per category that it names for some piece of the output."""
        asked = [
            (place, text_of(record, INPUT)[-INPUT_CHARACTERS:], piece)
            for place, record in enumerate(records)
            for piece in pieces_of(text_of(record, OUTPUT), PIECE_CHARACTERS)
        ]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            futures = [pool.submit(self._ask, question, piece) for _place, question, piece in asked]
            try:
                answers = [future.result() for future in futures]
            except AdapterFailed:
                pool.shutdown(cancel_futures=True)
                raise
        found: list[dict[str, Finding]] = [{} for _record in records]
        for (place, _question, _piece), answer in zip(asked, answers, strict=True):
            found[place] |= {finding.category: finding for finding in self._read(answer)}
        return [list(each.values()) for each in found]

    def _ask(self, question: str, piece: str) -> str:
        """The text that it answers."""
        said = [{"role": "user", "content": question}, {"role": "assistant", "content": piece}]
        body = {"model": self.model, "messages": said, "temperature": 0, "max_tokens": TOKENS}
        answer = post(self.url, body, key=self.key)
        try:
            content: Any = answer["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError):
            raise AdapterFailed("it did not answer as a chat endpoint does") from None
        return content if isinstance(content, str) else ""

    def _read(self, answer: str) -> Iterator[Finding]:
        read = llama_guard_answer(answer)
        row = {"component": self.component, "component_version": self.model, "taxonomy": "llama-guard"}
        if read.verdict is None:
            yield finding_of({**row, "category": UNPARSED, "flagged": True, "verdict": "escalate"})
        for category in read.categories or ():
            yield finding_of({**row, "category": category, "flagged": True, "verdict": read.verdict})
