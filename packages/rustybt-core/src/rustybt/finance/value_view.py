"""How a strategy sees the book's numbers; the views themselves are in `rustybt.views`."""

from rustybt.views import FloatView, PublicView, ValueView, ZiplineView

__all__ = ["FloatView", "PublicView", "ValueView", "ZiplineView"]
