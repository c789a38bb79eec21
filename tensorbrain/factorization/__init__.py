"""Tensor models of episodic memory, in which what the papers say of a-bar is a line of algebra."""
