"""The analyser of `presidio`, put together so that it asks no network. Imported only when it is used."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import spacy
import tldextract
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from presidio_analyzer.predefined_recognizers.generic import email_recognizer


class BlankEngine(NlpEngine):
    """Words and nothing about them: enough to look for a telling word near a number."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._nlp = spacy.blank(language)

    def load(self) -> None:
        """Nothing to load."""

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        words = self._nlp.make_doc(text)
        return NlpArtifacts(
            entities=[],
            tokens=words,
            tokens_indices=[word.idx for word in words],
            lemmas=[word.text.lower() for word in words],
            nlp_engine=self,
            language=language,
        )

    def process_batch(
        self, texts: Iterable[str], language: str, batch_size: int = 1, n_process: int = 1, **kwargs: Any
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        yield from ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:
        return bool(self._nlp.vocab[word].is_stop)

    def is_punct(self, word: str, language: str) -> bool:
        return bool(self._nlp.vocab[word].is_punct)

    def get_supported_entities(self) -> list[str]:
        return []

    def get_supported_languages(self) -> list[str]:
        return [self._language]


class _Suffixes:
    """What the e-mail recogniser needs of tldextract, without its download."""

    extract = staticmethod(tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None))


def analyser(recognisers: Sequence[str], language: str) -> AnalyzerEngine:
    """An analyser with exactly these recognisers."""
    setattr(email_recognizer, "tldextract", _Suffixes)  # noqa: B010 - a module's own import, which types hide
    made = [getattr(predefined_recognizers, name)(supported_language=language) for name in recognisers]
    for name, recogniser in zip(recognisers, made, strict=True):
        recogniser.name = name
    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=made, supported_languages=[language]),
        nlp_engine=BlankEngine(language),
        supported_languages=[language],
    )
