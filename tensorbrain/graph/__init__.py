"""Symbols: knowledge graphs in and out, as a vocabulary and sparse tensors of integer coordinates."""

from tensorbrain.graph.adjacency import AdjacencyTensor
from tensorbrain.graph.describe import describe, describe_json
from tensorbrain.graph.knowledge_graph import KnowledgeGraph, read_graph
from tensorbrain.graph.rdf_out import from_rdf, to_rdf
from tensorbrain.graph.report import ReadReport
from tensorbrain.graph.vocabulary import CONCEPT_GROUPS, GROUPS, Concept, Vocabulary

__all__ = [
    "CONCEPT_GROUPS",
    "GROUPS",
    "AdjacencyTensor",
    "Concept",
    "KnowledgeGraph",
    "ReadReport",
    "Vocabulary",
    "describe",
    "describe_json",
    "from_rdf",
    "read_graph",
    "to_rdf",
]
