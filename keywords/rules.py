"""The settings of a dictionary: how weights are compared, and when a person decides."""

from dataclasses import dataclass

from keywords.vocabulary import Nested, Scoring


@dataclass(frozen=True, slots=True)
class Rules:
    """Frozen settings, the same for every text."""

    scoring: Scoring = Scoring.MAX
    nested: Nested = Nested.LONGEST
    min_score: float = 0
    """A category needs at least this score."""
    min_margin: float = 0
    """And must lead by at least this much; the score of nobody is 0."""
    subject_factor: float = 1
    """Weights of entries found in the subject are multiplied by it; 0: the subject is not read."""
    category_order: tuple[str, ...] = ()
    """As administrators arranged them, by code; decides between categories that are equal in everything else."""
    new_text_only: bool = True
    """Whether quoted letters, signatures and disclaimers of the body are left out."""
