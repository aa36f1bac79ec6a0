"""Interactive figures, alive in the static page and in JupyterLab."""

from imbtutor.explore.live import Live
from imbtutor.explore.separation import explore_separation
from imbtutor.explore.smote import explore_smote
from imbtutor.explore.threshold import explore_threshold

__all__ = ["Live", "explore_separation", "explore_smote", "explore_threshold"]
