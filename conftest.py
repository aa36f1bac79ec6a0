"""What every test shares, the notebooks included."""

import os

import matplotlib

# The kernels of nbval inherit these, as those of the build do (book/build.py).
os.environ["IMBTUTOR_STATIC"] = "1"
os.environ["PYTHONWARNINGS"] = (
    "error::FutureWarning:__main__,error::DeprecationWarning:__main__"
)
# Tests and kernels run side by side, one a core: more threads would only wait.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Figures are drawn, not shown. Not by MPLBACKEND: the kernels would inherit it, and
# their notebooks would lose their pictures.
matplotlib.use("agg")
