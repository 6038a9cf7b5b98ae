"""Exercise score of notebook 11, tickets."""

from __future__ import annotations

from wslab.display.markup import Document
from wslab_course.checks.verdict import notice
from wslab_course.lessons.tickets.incidents.ticket_1 import ticket_1
from wslab_course.lessons.tickets.incidents.ticket_2 import ticket_2
from wslab_course.lessons.tickets.incidents.ticket_3 import ticket_3
from wslab_course.lessons.tickets.incidents.ticket_4 import ticket_4
from wslab_course.lessons.tickets.incidents.ticket_5 import ticket_5
from wslab_course.lessons.tickets.incidents.ticket_6 import ticket_6
from wslab_course.lessons.tickets.incidents.ticket_7 import ticket_7
from wslab_course.lessons.tickets.incidents.ticket_8 import ticket_8
from wslab_course.lessons.tickets.ticket import WANTED

TICKETS = (ticket_1, ticket_2, ticket_3, ticket_4, ticket_5, ticket_6, ticket_7, ticket_8)


def score() -> Document:
    """How many tickets are diagnosed, and which are still open."""
    open_ones = [str(n) for n, ticket in enumerate(TICKETS, 1) if not ticket.diagnosed]
    count = len(TICKETS) - len(open_ones)
    done = count >= WANTED
    if not open_ones:
        said = "You diagnosed all of them."
    elif done:
        said = f"That is enough. If you like, try the others: {', '.join(open_ones)}."
    else:
        said = f"Diagnose at least {WANTED}. Still open: {', '.join(open_ones)}."
    title = f"{count} of {len(TICKETS)} tickets diagnosed"
    return notice(title, sentences=(said,), tone="correct" if done else "")
