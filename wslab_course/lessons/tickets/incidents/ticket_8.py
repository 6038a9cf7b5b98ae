"""Ticket 8 of notebook 11."""

from __future__ import annotations

from wslab_course.lessons.tickets.ticket import Ticket, choice, who

ticket_8 = Ticket(
    who(
        8,
        "Who broke a rule?",
        "nobody",
        "08-bad-network: Lost or doubled",
        client="It sends again what was not answered. It cannot know whether the order was lost "
        "or only its answer.",
        server="It got two orders on two connections, and accepted both. Nothing in them says "
        "that they are the same order.",
        between="A line was cut, which can happen. That explains why an answer was lost, but not "
        "why there are four pizzas.",
        nobody="Yes. Each connection keeps every rule. The agreement lacks a way to say: this is "
        "the same order.",
    ),
    choice(
        "where-8",
        "Which frame of the first recording did the customer's program never get?",
        "1",
        "what was sent has arrived",
        "08-bad-network: Lost or doubled",
        _0=("0", "The order is in the server's recording: it arrived, and the server answered it."),
        _1=("1", "Yes: accepted, number 1. The server sent it, and then the line was cut."),
        _2=("2", "There is no such frame in the first recording. It ends with a reset."),
    ),
    choice(
        "fix-8",
        "What do you ask for?",
        "a",
        "it reconnects by itself and nothing is lost",
        "08-bad-network: Lost or doubled",
        a=(
            "The client gives each order an id, and the server remembers the ids that it has "
            "accepted.",
            "Yes. An order that is sent again has the same id, and gets the old answer. 08 does "
            "the same.",
        ),
        b=(
            "The client never sends anything again.",
            "Then a lost order stays lost. The program cannot know whether the order or its "
            "answer was lost.",
        ),
        c=(
            "The client waits longer for the answer.",
            "Waiting does not help: the connection for that answer was gone.",
        ),
    ),
)
