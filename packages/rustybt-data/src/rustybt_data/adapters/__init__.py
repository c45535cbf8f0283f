"""Adapters of sources of bars: plugins of the group ``rustybt.data_adapters``."""

from rustybt_data.adapters.base import BaseDataAdapter
from rustybt_data.adapters.pages import Page, PageStore
from rustybt_data.adapters.rows import exact_json, text_frame
from rustybt_data.adapters.standard import standard_frame

__all__ = ["BaseDataAdapter", "Page", "PageStore", "exact_json", "standard_frame", "text_frame"]
