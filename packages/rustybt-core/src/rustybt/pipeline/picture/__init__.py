"""Pictures of pipelines: their terms as a graph, drawn as SVG."""

from rustybt.pipeline.picture.graph import TermGraph
from rustybt.pipeline.picture.nodes import GraphEdge, GraphNode

__all__ = ["GraphEdge", "GraphNode", "TermGraph"]
