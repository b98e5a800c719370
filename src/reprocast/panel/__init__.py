"""The panel: many series in one ragged table; its form, how it is built, and how it is read and written."""

from reprocast.panel.building import Coded, coded, disorder, from_frame, from_rows
from reprocast.panel.files import read_panel, write_panel
from reprocast.panel.form import Column, Panel, Times, time_text

__all__ = [
    "Coded",
    "Column",
    "Panel",
    "Times",
    "coded",
    "disorder",
    "from_frame",
    "from_rows",
    "read_panel",
    "time_text",
    "write_panel",
]
