"""The ceiling that a dictionary is compared with: a linear SVM over TF-IDF of words and pairs of words."""

from collections.abc import Sequence

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from keywords.learning.corpus import Example


def answers(train: Sequence[Example], texts: Sequence[str], seed: int = 0) -> list[str]:
    """The categories that the SVM gives to texts, untuned; deterministic by seed."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    machine = make_pipeline(words, LinearSVC(random_state=seed))
    machine.fit([example.text for example in train], [example.category for example in train])
    return [str(category) for category in machine.predict(list(texts))]
