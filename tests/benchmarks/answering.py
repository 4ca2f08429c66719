"""`python -m tests.benchmarks.answering N`: one agent answers N times in every customer's ticket."""

import sys

import django


def main(rounds: int) -> None:
    django.setup()
    from accounts.models import Role, User
    from tests.support.desk import a_reply_by
    from tickets.models import Ticket

    agent = User.objects.filter(role=Role.AGENT).order_by("pk")[0]
    tickets = list(Ticket.objects.filter(subject__startswith="Question"))
    for number in range(rounds):
        for ticket in tickets:
            a_reply_by(agent, ticket, f"Answer {number}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
