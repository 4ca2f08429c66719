"""Health checks of the containers: `python -m config.probe URL` asks a process of this machine, as its proxy would.

Exit code 0: it answers 2xx.
"""

import os
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit


def main() -> int:
    host = urlsplit(os.environ.get("PUBLIC_URL", "")).netloc or "localhost"  # the desk knows no other host
    request = urllib.request.Request(sys.argv[1], headers={"Host": host})  # noqa: S310 - from the compose file
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return 0 if answer.status < 300 else 1
    except (urllib.error.URLError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - `docker inspect` shows it
        return 1


if __name__ == "__main__":
    sys.exit(main())
