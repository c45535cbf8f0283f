"""Pictures of pipelines: their terms as a graph, drawn as SVG."""

from rustybt.pipeline.picture.graph import GraphNode, TermGraph

__all__ = ["GraphNode", "TermGraph"]
