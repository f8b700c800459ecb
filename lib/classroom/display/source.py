"""Show the library's own code inside a lesson."""

import inspect

from nextword.base import overrides


def show_source(target: str) -> None:
    """Show how the library writes `nextword.<target>`, whoever's function runs in its place just now."""
    from IPython.display import Markdown, display

    shown = overrides.original(target)
    code = inspect.getsource(getattr(shown, "fn", shown)).strip()  # a kernel holds its function as fn
    display(Markdown(f"`nextword.{target}`\n```python\n{code}\n```"))
