"""Data Docs: the HTML that Great Expectations makes of a validation, for people; nothing depends on it."""

from pathlib import Path
from typing import Any

SITE = "reprocast"


def build(context: Any, folder: Path) -> None:
    """Fills an empty folder with the pages of the context's suite and results; index.html comes first."""
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(folder.resolve()),
        },
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    for name in context.get_site_names():
        context.delete_data_docs_site(name)
    context.add_data_docs_site(site_name=SITE, site_config=site)
    context.build_data_docs(site_names=[SITE])
