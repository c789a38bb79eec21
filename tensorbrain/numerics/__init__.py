"""Numerics without a brain: sums and choices over more candidates than fit at once."""
