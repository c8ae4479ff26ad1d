"""The outlines of a body seen from behind, for a page that draws them."""

from functools import cache
from typing import Any


@cache
def outlines() -> dict[str, Any]:
    """Silhouette, zones and what is never touched, as points in mm at a stature of 1.70 m; x to the right."""
    from kneadwave.reports.plots.body import silhouette
    from profiles.body import DEFAULT_STATURE_M, body_map

    body = body_map(DEFAULT_STATURE_M)
    return {
        "stature_m": DEFAULT_STATURE_M,
        "silhouette": silhouette().tolist(),
        "zones": [{"id": zone.id, "outline": [list(point) for point in zone.outline]} for zone in body.zones],
        "excluded": [
            {"id": zone.id, "margin_mm": zone.margin, "outline": [list(point) for point in zone.outline]}
            for zone in body.excluded
        ],
    }
