"""Toy data, plots and interactive figures of the book on imbalanced data.

The package makes data, draws, and explains what a sampler did. It never
trains, resamples or cross-validates for the reader: those lines are the lesson
and stay in the notebooks. The interactive figures are in `imbtutor.explore`.
"""

from imbtutor.benchmark_sets import load_benchmark_set
from imbtutor.datasets import (
    make_bridge,
    make_gaussians,
    make_islands,
    make_mixed,
    make_outliers,
    make_scores,
    make_tickets,
    make_transactions,
)
from imbtutor.diagnosis import diagnose
from imbtutor.neighbors import minority_types, plot_links, plot_minority_types
from imbtutor.samples import plot_resampling, plot_samples
from imbtutor.scores import plot_cv_scores
from imbtutor.tracing import trace
from imbtutor.wine import load_wine_quality

__all__ = [
    "diagnose",
    "load_benchmark_set",
    "load_wine_quality",
    "make_bridge",
    "make_gaussians",
    "make_islands",
    "make_mixed",
    "make_outliers",
    "make_scores",
    "make_tickets",
    "make_transactions",
    "minority_types",
    "plot_cv_scores",
    "plot_links",
    "plot_minority_types",
    "plot_resampling",
    "plot_samples",
    "trace",
]
