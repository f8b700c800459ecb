"""Show the library's own code inside a lesson."""

import inspect

from nextword import swap


def show_source(target: str) -> None:
    """Show how the library writes `nextword.<target>`, whoever's function runs in its place just now."""
    from IPython.display import Markdown, display

    code = inspect.getsource(swap.original(target)).strip()
    display(Markdown(f"`nextword.{target}`\n```python\n{code}\n```"))
