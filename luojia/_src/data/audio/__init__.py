"""Sound as NumPy arrays, (..., time): filters, levels, effects and spectra."""
