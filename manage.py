#!/usr/bin/env python
"""The desk's command line: `python manage.py help` lists the commands."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed in this Python. Run `make run` once, then use .venv/bin/python manage.py.")
    from config.embedded.command_line import needs_services, start_services
    from config.embedded.services import ServicesUnavailable

    try:
        if needs_services(sys.argv[1:]):
            start_services()
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, ServicesUnavailable) as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"The desk cannot start. {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
