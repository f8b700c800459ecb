"""The `nextword` command. Each subcommand lives in its own module under classroom/commands."""

import importlib
import pkgutil

import click

from classroom.app import commands


class Commands(click.Group):
    """Finds a subcommand by its module's name, so that `nextword doctor` need not import Jupyter."""

    def list_commands(self, ctx):
        return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx, name):
        if name not in self.list_commands(ctx):
            return None
        return importlib.import_module(f"classroom.app.commands.{name}").command


@click.command(cls=Commands)
@click.version_option(package_name="nextword")
def main():
    """Next Word: build a language model, one notebook at a time."""
