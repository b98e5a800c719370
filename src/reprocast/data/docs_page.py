"""Data Docs of one validation: Great Expectations' page, made to stand alone.

As it comes, the page loads styles, scripts, icons and a logo from six other sites, and is bare without them.
"""

import re

from reprocast.data.quiet_gx import (
    DefaultJinjaPageView,
    ExpectationSuiteValidationResult,
    ValidationResultsPageRenderer,
)

UNWANTED = (
    r"<script\b.*?</script>",
    r"<footer\b.*?</footer>",
    r"<link\b[^>]*>",
    r"<img\b[^>]*https?://[^>]*>",
    r"@font-face\s*\{.*?\}",
    r"Data asset: None<br>",
    r"url\(\s*['\"]?(?:https?:|\.)[^)]*\)",
)
"""What asks another site or needs what comes from there, and a line that says nothing."""
CROSS_OF_A_WARNING = r"fa-times(?= text-danger(?:(?!</tr>).)*?>warning: )"
LINK_TO_ANOTHER_PAGE = r'<a\b[^>]*href="(?:\.\./)+[^"]*"[^>]*>(.*?)</a>'
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; padding: 0 1rem;
  max-width: 1100px; margin: 1rem auto }
nav.navbar:not(#navigation), .lead, .card:has(.btn-group), [data-toggle=collapse] { display: none }
.sticky { position: static }
h4, h5, h6 { margin: 1.2rem 0 .3rem; font-size: 1.1rem }
#navigation ul { display: flex; flex-wrap: wrap; gap: .2rem 1rem; list-style: none;
  margin: .3rem 0; padding: 0 }
.card, .card-body, nav.navbar { max-height: none !important; padding: 0; border: 0 }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
th { text-align: left; font-weight: 600 }
th, td { border-bottom: 1px solid #ddd; padding: .3rem .5rem; vertical-align: top; overflow-wrap: anywhere }
th:first-child:nth-last-child(3) { width: 4.5rem }
.fa-check-circle::before { content: "✓"; color: #1a7f37; font-weight: 700 }
.fa-times::before { content: "✗"; color: #c1121f; font-weight: 700 }
i { font-style: normal }
.fa-exclamation-triangle::before { content: "⚠"; color: #9a6700 }
"""


def docs_page(run: ExpectationSuiteValidationResult) -> str:
    """HTML of a validation's result that asks no other site for anything."""
    run.meta |= {"batch_markers": {}, "batch_parameters": {}, "batch_spec": {}}  # nothing to a reader
    document = ValidationResultsPageRenderer().render(run)
    page: str = DefaultJinjaPageView().render(document)  # type: ignore[no-untyped-call]
    for pattern in UNWANTED:
        page = re.sub(pattern, "", page, flags=re.DOTALL)
    page = re.sub(LINK_TO_ANOTHER_PAGE, r"\1", page, flags=re.DOTALL)
    page = re.sub(CROSS_OF_A_WARNING, "fa-exclamation-triangle", page, flags=re.DOTALL)
    return page.replace("</head>", f"<style>{STYLE}</style></head>", 1)
