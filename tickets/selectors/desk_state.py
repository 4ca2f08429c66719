"""How the desk stands, in a few numbers: for the first page of the admin and for probes."""

from dataclasses import dataclass
from datetime import timedelta

from accounts import clock
from tickets.models import DeliveryState, EventDelivery, Ticket, TicketStatus

LATE = timedelta(minutes=2)  # after which something owed should have been done


@dataclass(frozen=True)
class DeskState:
    """Counts. late: owed reactions that should be done by now; dead: those that were given up."""

    unassigned: int
    open: int
    late: int
    dead: int


def read_desk_state() -> DeskState:
    active = Ticket.objects.filter(status__in=(TicketStatus.NEW, TicketStatus.OPEN))
    owed = EventDelivery.objects.filter(state=DeliveryState.PENDING, created_at__lt=clock.now() - LATE)
    return DeskState(
        unassigned=active.filter(assignee=None).count(),
        open=active.count(),
        late=owed.count(),
        dead=EventDelivery.objects.filter(state=DeliveryState.DEAD).count(),
    )
