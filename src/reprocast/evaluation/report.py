"""Renders the report's content as a self-contained HTML page and as compact Markdown."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reprocast.evaluation.figure_style import Style
from reprocast.evaluation.report_content import Content

TEMPLATES = Path(__file__).parent / "templates"


def html(content: Content) -> str:
    """One page that needs nothing else: styles and figures are inside, and it may load nothing.

    Its only script is named by its hash, so that a browser runs no other, whatever a value may contain.
    """
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    digest = b64encode(sha256(script.encode()).digest()).decode()
    page = _environment(autoescape=True).get_template("report.html.j2")
    return page.render(report=content, script=script, script_hash=f"sha256-{digest}")


def markdown(content: Content) -> str:
    """The same facts without figures, for a pull request's comment."""
    return _environment(autoescape=False).get_template("report.md.j2").render(report=content)


def _environment(*, autoescape: bool) -> Environment:
    """Markdown is no HTML: there `cell` and `line` keep values from breaking out of their place."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=autoescape,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"cell": markdown_cell, "swatch": swatch}
    return environment


def markdown_cell(text: str) -> str:
    """Text for a Markdown table or line: no line breaks, no bars, no HTML."""
    flat = " ".join(str(text).split())
    for sign, escaped in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("`", "\\`")):
        flat = flat.replace(sign, escaped)
    return flat


def swatch(style: Style) -> Markup:
    """The line and marker by which a model is known in the figures."""
    dash = f' stroke-dasharray="{" ".join(f"{length:g}" for length in style.dash)}"' if style.dash else ""
    return Markup(
        '<svg class="swatch" viewBox="0 0 22 10" aria-hidden="true">'
        '<line x1="0" y1="5" x2="22" y2="5" stroke="{}" stroke-width="{}"{}/>'
        "</svg>"
    ).format(style.colour, style.width + 0.6, Markup(dash))
