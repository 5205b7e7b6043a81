"""The machine room: engines, core, operators, training rules, data and file formats. Import it through the doors."""

import warnings

# log(0) is -inf and 0/0 nan in both doors, without a word; NumPy would warn from the operator's line.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"luojia\._src\.(ops|engine|core)")
