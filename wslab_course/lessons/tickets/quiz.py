"""The quiz of notebook 11, tickets."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz
from wslab_course.lessons.tickets.ticket import NOTEBOOK

quiz = Quiz(
    Question(
        "what-101-says",
        "The log of a client shows 101 Switching Protocols. What do you know?",
        {
            "a": Option(
                "That the server's program is up.",
                "Ticket 7 had a valid 101, and no program behind it.",
            ),
            "b": Option(
                "That whoever read the request speaks WebSocket.",
                "Yes. It may be a proxy, which answers before it has looked for the server.",
            ),
            "c": Option(
                "That the connection works in both directions.",
                "One request and one answer have passed, and not one frame.",
            ),
        },
        answer="b",
        misconception="101 means my server is up",
        refuted_in=f"{NOTEBOOK}: Ticket 7: open, and nothing comes",
    ),
    Question(
        "code-behind-a-proxy",
        "A server closes with 1009 and a reason. What does a client behind a proxy see?",
        {
            "a": Option(
                "1009 and the reason.",
                "In ticket 4 both were in the server's recording, and neither in the client's.",
            ),
            "b": Option(
                "What the proxy says at the end of its own connection.",
                "Yes. Here it was a Close frame without a code.",
            ),
            "c": Option(
                "1006, since a proxy breaks the connection.",
                "It may happen. In ticket 4 the end was clean: a Close frame, and its answer.",
            ),
        },
        answer="b",
        misconception="close codes survive every hop",
        refuted_in=f"{NOTEBOOK}: Ticket 4: the picture",
    ),
    Question(
        "two-logs-of-1006",
        "The client's log says 1006, the server's says 1006. Who sent it to whom?",
        {
            "a": Option(
                "The client to the server.",
                "Look at the client's frames in ticket 3: three texts, and no Close.",
            ),
            "b": Option(
                "The server to the client.",
                "Look at the server's frames in ticket 3: three texts, and no Close.",
            ),
            "c": Option(
                "Nobody. Each library made it up.",
                "Yes. It means: no Close frame came. Why, it does not say.",
            ),
            "d": Option(
                "A box between them, to both.",
                "The box in ticket 3 reset two TCP connections. It sent no frame; it knows none.",
            ),
        },
        answer="c",
        misconception="1006 is sent by somebody",
        refuted_in=f"{NOTEBOOK}: Ticket 3: gone at lunch",
    ),
    Question(
        "every-rule-kept",
        "All frames of a recording keep every rule. Can it show you a bug?",
        {
            "a": Option(
                "No. Then the network is to blame.",
                "In ticket 5 the network did its work: the bytes are there, and they are wrong.",
            ),
            "b": Option(
                "Yes: what is said can be wrong, or said twice.",
                "Yes. A rule looks at the form of a frame, not at what it should have said.",
            ),
            "c": Option(
                "Only if it is longer.",
                "Eight frames were enough in ticket 5, and every one of them is legal.",
            ),
        },
        answer="b",
        misconception="who breaks no rule is right",
        refuted_in=f"{NOTEBOOK}: Ticket 5: empty answers",
    ),
    Question(
        "works-with-the-old-one",
        "A client has worked with one server for years, and fails with a new one. Who is wrong?",
        {
            "a": Option(
                "The new server.",
                "In ticket 6 it is too quick to answer, and what it answers should not be there.",
            ),
            "b": Option(
                "That cannot be said before the bytes are read.",
                "Yes. Perhaps the old server forgave, as the meters' old one did.",
            ),
            "c": Option(
                "The client.",
                "It was in ticket 6. In ticket 5 it was the server, with a client as old.",
                f"{NOTEBOOK}: Ticket 5: empty answers",
            ),
        },
        answer="b",
        misconception="a client that was accepted keeps the rules",
        refuted_in=f"{NOTEBOOK}: Ticket 6: no valid answer",
    ),
)
