"""A page to massage by: what the command line can do, for a browser. See docs/dashboard.md."""
