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
                "Ticket 7 had a valid 101, and the server's program did not run.",
            ),
            "b": Option(
                "That the program that read the request speaks WebSocket.",
                "Yes. It may be a proxy, which answers before it connects to the server.",
            ),
            "c": Option(
                "That the connection works in both directions.",
                "One request and one answer were sent, but no frame.",
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
                "In ticket 4 both were in the server's recording, and neither was in the client's.",
            ),
            "b": Option(
                "What the proxy sends at the end of its own connection.",
                "Yes. Here it was a Close frame without a code.",
            ),
            "c": Option(
                "1006, since a proxy breaks the connection.",
                "That can happen. In ticket 4 the end was clean: a Close frame, and its answer.",
            ),
        },
        answer="b",
        misconception="close codes survive every hop",
        refuted_in=f"{NOTEBOOK}: Ticket 4: the picture",
    ),
    Question(
        "two-logs-of-1006",
        "The client's log says 1006, and so does the server's. Who sent it to whom?",
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
                "Nobody sent it. Each library made it up.",
                "Yes. It means that no Close frame came. It does not say why.",
            ),
            "d": Option(
                "A box between them, to both.",
                "The box in ticket 3 reset two TCP connections. It sent no frame, because it "
                "does not speak WebSocket.",
            ),
        },
        answer="c",
        misconception="1006 is sent by somebody",
        refuted_in=f"{NOTEBOOK}: Ticket 3: gone at lunch",
    ),
    Question(
        "every-rule-kept",
        "All frames of a recording keep every rule. Can the recording still show a bug?",
        {
            "a": Option(
                "No. Then the network is to blame.",
                "In ticket 5 the network delivered every byte, and the content was wrong.",
            ),
            "b": Option(
                "Yes: the content of a message can be wrong, or sent twice.",
                "Yes. The rules are about the form of a frame, not about its content.",
            ),
            "c": Option(
                "Only if it is longer.",
                "Eight frames were enough in ticket 5, and each of them keeps the rules.",
            ),
        },
        answer="b",
        misconception="a program that breaks no rule is correct",
        refuted_in=f"{NOTEBOOK}: Ticket 5: empty answers",
    ),
    Question(
        "works-with-the-old-one",
        "A client has worked with one server for years, and fails with a new one. Which side is "
        "wrong?",
        {
            "a": Option(
                "The new server.",
                "In ticket 6 the server answered too early, with a Pong before its 101; but it "
                "was not the first to break a rule.",
            ),
            "b": Option(
                "You cannot know before you read the bytes.",
                "Yes. Perhaps the old server accepted an error, as the meters' old server did.",
            ),
            "c": Option(
                "The client.",
                "In ticket 6 it was the client. In ticket 5 it was the server, with a client "
                "just as old.",
                f"{NOTEBOOK}: Ticket 5: empty answers",
            ),
        },
        answer="b",
        misconception="a client that was accepted keeps the rules",
        refuted_in=f"{NOTEBOOK}: Ticket 6: no valid answer",
    ),
)
