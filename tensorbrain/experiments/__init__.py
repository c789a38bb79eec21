"""Experiments that draw, teach and measure: perception of the neighbourhood, one-shot experience, digits."""
