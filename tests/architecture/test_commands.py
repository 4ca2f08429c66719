"""Every command explains itself: `--help` suffices."""

import argparse

import pytest
from django.core.management import get_commands, load_command_class

from tests.architecture.sources import APPS

COMMANDS = sorted(name for name, app in get_commands().items() if app in APPS)


@pytest.mark.parametrize("name", COMMANDS)
def test_its_help_says_what_it_does_and_what_each_option_means(name: str) -> None:
    command = load_command_class(get_commands()[name], name)
    assert len(command.help) > 40
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert [action.dest for action in parser._actions if not action.help] == []


def test_the_commands_that_scripts_are_written_against_exist() -> None:
    promised = {"up", "run_bot", "set_webhook", "check_channel", "create_owner", "set_role", "load_demo"}
    promised |= {"deliver_events", "replay_tickets", "sync_periodic_tasks", "prune_files"}
    assert promised <= set(COMMANDS)
