"""Techniques as Hypothesis draws them: every kind, in every form and on every path that there is."""

from typing import get_args

from hypothesis import strategies as st

from profiles.technique import TECHNIQUES

GUIDE = {"kind": "guide", "instruction": "Breathe out slowly.", "part": "breath"}


def words(annotation):
    """Return the words that a key takes, none for one that takes figures or anything else."""
    parts = get_args(annotation)
    return [word for part in parts for word in ([part] if isinstance(part, str) else words(part))]


def choices(model):
    """Return for each key of a technique that takes one of several words those words."""
    fields = {name: words(field.annotation) for name, field in model.model_fields.items() if name != "kind"}
    return {name: allowed for name, allowed in fields.items() if allowed}


def technique(kind):
    """Any technique of one kind, its figures at their defaults."""
    if kind == "guide":
        return st.just(GUIDE)
    drawn = {name: st.sampled_from(allowed) for name, allowed in choices(TECHNIQUES[kind]).items()}
    return st.fixed_dictionaries({"kind": st.just(kind)}, optional=drawn)


techniques = st.sampled_from(sorted(TECHNIQUES)).flatmap(technique)
