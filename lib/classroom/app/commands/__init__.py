"""The subcommands of `nextword`, one module each, each with a click command named `command`."""
