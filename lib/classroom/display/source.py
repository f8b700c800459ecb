"""Show the library's own code inside a lesson."""

import inspect

from nextword.base import overrides


def show_source(target: str) -> None:
    """Show how the library writes `nextword.<target>`, whoever's function runs in its place just now."""
    from IPython.display import Markdown, display

    function = overrides.original(target)
    code = inspect.getsource(
        getattr(function, "fn", function)
    ).strip()  # `fn` is what stands under @triton.jit
    display(Markdown(f"`nextword.{target}`\n```python\n{code}\n```"))
