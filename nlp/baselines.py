"""What others would use, learnt from the same messages and asked the same: for `canaliza evaluate --baselines`.

scikit-learn's words and letters with logistic regression and with linear support vectors, and Signalen's recipe (counts
of stemmed words, L1 logistic regression).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import snowballstemmer
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.svm import LinearSVC

from nlp.corpus import Example
from nlp.evaluation import Mind, Opinion
from nlp.table import softmax

NO_DANGER = "-"
WORD = re.compile(r"\w+")
ROUNDS = 100


@dataclass(frozen=True)
class _Head:
    pipeline: Pipeline
    labels: tuple[str, ...]

    def shares(self, text: str) -> NDArray[np.float64]:
        if hasattr(self.pipeline, "predict_proba"):
            shares: NDArray[np.float64] = self.pipeline.predict_proba([text])[0]
            return shares
        scores = np.atleast_1d(self.pipeline.decision_function([text])[0])
        if len(self.labels) == 2:  # one margin stands for both
            scores = np.array([-scores[0], scores[0]])
        return softmax(scores)

    def best(self, text: str) -> str:
        return self.labels[int(self.shares(text).argmax())]


def learn_baselines(examples: Sequence[Example], *, seed: int) -> dict[str, Mind]:
    """By name; each learns kind, agency and danger."""
    makers: dict[str, Callable[[], Pipeline]] = {
        "logistic regression": lambda: make_pipeline(
            _words_and_letters(), LogisticRegression(C=10, max_iter=ROUNDS, class_weight="balanced", random_state=seed)
        ),
        "linear SVM": lambda: make_pipeline(
            _words_and_letters(), LinearSVC(C=1, class_weight="balanced", random_state=seed)
        ),
        "Signalen's recipe": lambda: make_pipeline(
            CountVectorizer(analyzer=_stemmed),
            OneVsRestClassifier(LogisticRegression(l1_ratio=1, solver="liblinear", random_state=seed)),
        ),
    }
    return {name: _mind(maker, examples) for name, maker in makers.items()}


def _mind(maker: Callable[[], Pipeline], examples: Sequence[Example]) -> Mind:
    kind = _fit(maker(), [(e.text, e.kind.value) for e in examples])
    agency = _fit(maker(), [(e.text, e.agencies[0]) for e in examples if e.agencies])
    danger = _fit(maker(), [(e.text, e.emergency.value if e.emergency else NO_DANGER) for e in examples])

    def say(text: str) -> Opinion:
        shares = agency.shares(text)
        ranking = tuple((agency.labels[at], float(shares[at])) for at in np.argsort(-shares)[:5])
        return Opinion(kind.best(text), danger.best(text) != NO_DANGER, ranking)

    return say


def _fit(pipeline: Pipeline, pairs: Sequence[tuple[str, str]]) -> _Head:
    texts, labels = zip(*pairs, strict=True)
    pipeline.fit(texts, labels)
    return _Head(pipeline, tuple(str(label) for label in pipeline.classes_))


def _words_and_letters() -> Any:
    return make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode"),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, strip_accents="unicode", min_df=2),
    )


def _stemmed(text: str) -> list[str]:
    stems: list[str] = snowballstemmer.stemmer("spanish").stemWords(WORD.findall(text.lower()))
    return stems
