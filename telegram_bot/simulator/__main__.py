"""`python -m telegram_bot.simulator`: the simulator alone, without Django. The token is read from the environment."""

import argparse
import os
from pathlib import Path

from telegram_bot.simulator.options import Options
from telegram_bot.simulator.server import run


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m telegram_bot.simulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data-dir", type=Path, required=True, help="where its database and files lie")
    parser.add_argument("--desk-url", required=True, help="where people reach the desk")
    given = parser.parse_args()
    token = os.environ.get("TELEGRAM_BOT_TOKEN", "")
    if not token.partition(":")[0].isdigit():
        parser.error("TELEGRAM_BOT_TOKEN is not set to a token of the form 123456:letters")
    run(Options(port=given.port, data_dir=given.data_dir, token=token, desk_url=given.desk_url.rstrip("/")))


if __name__ == "__main__":
    main()
