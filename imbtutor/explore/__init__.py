"""Interactive figures, alive in the static page and in JupyterLab."""

from imbtutor.explore.confusion import explore_confusion
from imbtutor.explore.faults import explore_faults
from imbtutor.explore.imbalance import explore_sample_size
from imbtutor.explore.live import Live
from imbtutor.explore.precision_recall import explore_prevalence
from imbtutor.explore.separation import explore_separation
from imbtutor.explore.smote import explore_smote
from imbtutor.explore.threshold import explore_threshold
from imbtutor.explore.validation import explore_interval

__all__ = [
    "Live",
    "explore_confusion",
    "explore_faults",
    "explore_interval",
    "explore_prevalence",
    "explore_sample_size",
    "explore_separation",
    "explore_smote",
    "explore_threshold",
]
