"""What a person sees in a browser: templates filled in, everything escaped, nothing loaded from elsewhere."""

import functools
from pathlib import Path
from typing import Any

import jinja2

HTML = "text/html;charset=utf-8"


def render(template: str, **values: Any) -> bytes:
    """The bytes of a page."""
    return _environment().get_template(template).render(**values).encode()


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
