"""The full-screen editor of intensity curves: `sheet` is what it edits, `app` and the others show it."""
