"""Figures, each measured here and now, as ratios within one run wherever that is possible."""
