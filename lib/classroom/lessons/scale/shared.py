"""What exercises of lesson 15 share: configurations that are shown by what matters."""

from nextword.transformer import ModelConfig


class Config(ModelConfig):
    """A configuration that is shown by its sizes, and by what is not as in a Llama."""

    def __repr__(self) -> str:
        plain = {"n_kv_heads": self.n_heads, "mlp": "swiglu", "tied": True}
        sizes = ("vocab_size", "d_model", "n_layers", "n_heads", "d_mlp", "context")
        shown = [*sizes, *(name for name, usual in plain.items() if getattr(self, name) != usual)]
        return f"ModelConfig({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"
