"""Calls of `knead` in processes of their own: how front ends that only carry ask the command line."""
