"""Every cushion of a house or clinic that is told to one broker: seen, stopped, begun. See docs/home.md."""
