"""Interactive figures, alive in the static page and in JupyterLab."""

from imbtutor.explore.adasyn import explore_adasyn
from imbtutor.explore.averages import explore_averages
from imbtutor.explore.bags import explore_bags
from imbtutor.explore.benchmark import explore_benchmark
from imbtutor.explore.borderline import explore_borderline
from imbtutor.explore.calibration import explore_calibration
from imbtutor.explore.class_weight import explore_class_weight
from imbtutor.explore.condensing import explore_condensing
from imbtutor.explore.confusion import explore_confusion
from imbtutor.explore.costs import explore_costs
from imbtutor.explore.edited_neighbours import explore_edited_neighbours
from imbtutor.explore.faults import explore_faults
from imbtutor.explore.focal import explore_focal
from imbtutor.explore.forecast import explore_forecast
from imbtutor.explore.gradient import explore_gradient
from imbtutor.explore.interval import explore_interval
from imbtutor.explore.leakage import explore_leakage
from imbtutor.explore.live import Live
from imbtutor.explore.minority_types import explore_minority_types
from imbtutor.explore.mixed import explore_mixed
from imbtutor.explore.near_miss import explore_near_miss
from imbtutor.explore.prevalence import explore_prevalence
from imbtutor.explore.random_oversampling import explore_random_oversampling
from imbtutor.explore.random_undersampling import explore_random_undersampling
from imbtutor.explore.sample_size import explore_sample_size
from imbtutor.explore.separation import explore_separation
from imbtutor.explore.smote import explore_smote
from imbtutor.explore.smote_pitfalls import explore_smote_pitfalls
from imbtutor.explore.threshold import explore_threshold
from imbtutor.explore.threshold_search import explore_threshold_search
from imbtutor.explore.tomek_links import explore_tomek_links
from imbtutor.explore.tree import explore_tree
from imbtutor.explore.workbench import bench

__all__ = [
    "Live",
    "bench",
    "explore_adasyn",
    "explore_averages",
    "explore_bags",
    "explore_benchmark",
    "explore_borderline",
    "explore_calibration",
    "explore_class_weight",
    "explore_condensing",
    "explore_confusion",
    "explore_costs",
    "explore_edited_neighbours",
    "explore_faults",
    "explore_focal",
    "explore_forecast",
    "explore_gradient",
    "explore_interval",
    "explore_leakage",
    "explore_minority_types",
    "explore_mixed",
    "explore_near_miss",
    "explore_prevalence",
    "explore_random_oversampling",
    "explore_random_undersampling",
    "explore_sample_size",
    "explore_separation",
    "explore_smote",
    "explore_smote_pitfalls",
    "explore_threshold",
    "explore_threshold_search",
    "explore_tomek_links",
    "explore_tree",
]
