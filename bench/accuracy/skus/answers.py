"""What a gallery answers to questions of which the truth is known."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

import numpy as np

from bench.accuracy.skus.hearing import heard
from bench.accuracy.skus.items import Embedded
from inference.card import EmbedderCard
from inference.confidence import confidence
from inference.gallery import Gallery
from inference.types import Flags, Floats, Ids, Shortlists


@dataclass(frozen=True, eq=False)
class Answers:
    """One row per question.

    Attributes:
        asked: (n,) index of the item.
        sku: (n,) the SKU it shows.
        candidates: (n, 5) the shortlist, best first.
        scores: (n, 5) the cosines of the candidates.
        rivals: (n,) the cosine of the first one's rival.
        sure: (n,) confidence 0-1 that the first candidate is right, by the embedder's card.
        named: (n,) whether the card lets it be named.
        pictures: (n, 2) items: a reference of the first candidate, one of the SKU; -1 = none.
    """

    asked: Ids
    sku: Ids
    candidates: Ids
    scores: Floats
    rivals: Floats
    sure: Floats
    named: Flags
    pictures: Ids

    @property
    def shortlists(self) -> Shortlists:
        """As recognition has them."""
        return Shortlists(self.candidates, self.scores, self.rivals)

    @property
    def right(self) -> Flags:
        """(n,) whether the first candidate is the SKU."""
        return self.candidates[:, 0] == self.sku

    @property
    def shortlisted(self) -> Flags:
        """(n,) whether the SKU is one of the candidates."""
        return (self.candidates == self.sku[:, None]).any(1)


def joined(parts: Iterable[Answers]) -> Answers:
    """Put answers one below the other."""
    rows = list(parts)
    return Answers(
        *(np.concatenate([getattr(each, field.name) for each in rows]) for field in fields(Answers))
    )


def ask(every: Embedded, references: Ids, asked: Ids, card: EmbedderCard) -> Answers:
    """Look items up among references, their neighbours heeded.

    Args:
        every: the items and their vectors.
        references: (m,) indices of the items in the gallery.
        asked: (n,) indices of the items in question.
        card: of the embedder.
    """
    skus = every.items.skus
    gallery = Gallery(skus[references], every.vectors[references])
    found = gallery.search(heard(every, references, asked))
    picture = np.full(len(every.items.names) + 1, -1, np.int64)  # the last one for SKU -1
    picture[skus[references[::-1]]] = references[::-1]
    unrated = Answers(
        asked=asked,
        sku=skus[asked],
        candidates=found.sku_ids,
        scores=found.scores,
        rivals=found.rivals,
        sure=np.zeros(len(asked), np.float32),
        named=np.zeros(len(asked), np.bool_),
        pictures=picture[np.column_stack([found.sku_ids[:, 0], skus[asked]])],
    )
    return rated(unrated, card)


def ask_without_own(every: Embedded, references: Ids, asked: Ids, card: EmbedderCard) -> Answers:
    """The same, with the SKU of each item taken out of the gallery: no answer can be right."""
    known, of = every.items.skus[references], every.items.skus[asked]
    parts = [
        ask(every, references[known != sku], asked[of == sku], card)
        for sku in np.unique(of).tolist()
    ]
    pictures = joined(parts)
    own = np.full(len(every.items.names), -1, np.int64)
    own[known[::-1]] = references[::-1]
    shown = np.column_stack([pictures.pictures[:, 0], own[pictures.sku]])
    return replace(pictures, pictures=shown)


def rated(answers: Answers, card: EmbedderCard) -> Answers:
    """The same answers, with the confidence of a card."""
    sure = confidence(answers.shortlists, card.confidence)
    return replace(answers, sure=sure, named=sure >= card.thresholds.match)
