"""Array types used throughout: jaxtyping's names with the axis names of this library.

Axis names: ``concept`` (rows of the concept index), ``dim`` (blackboard units, n), ``context`` (working memory
units), ``step`` (windows of a run), ``batch``, ``statement``.
"""

from jaxtyping import Array, Bool, Float, Float16, Float32, Float64, Int, Int32, Int64, Key, PRNGKeyArray, UInt8

__all__ = [
    "Array",
    "Bool",
    "Float",
    "Float16",
    "Float32",
    "Float64",
    "Int",
    "Int32",
    "Int64",
    "Key",
    "PRNGKeyArray",
    "UInt8",
]
