"""The quiz of notebook 02, before websocket."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "how-many",
        "A page asks a server for news twenty times over HTTP/1.1. How many connections are "
        "needed?",
        {
            "a": Option(
                "20: a new one for each request.",
                "Count the recordings of the tap: it saw one connection, and twenty requests "
                "on it.",
            ),
            "b": Option(
                "1, unless one side closes it.",
                "Yes. HTTP/1.1 keeps a connection open by default; HTTP/2 even runs many "
                "requests on it at once.",
            ),
            "c": Option(
                "40: one for each request and one for each answer.",
                "A connection carries both directions; the answer comes back on the connection "
                "of the request.",
            ),
        },
        answer="b",
        misconception="HTTP opens a connection per request",
        refuted_in="02-before-websocket: How many connections",
    ),
    Question(
        "can-it-tell",
        "Something happens at a server. Can the server tell its clients over HTTP, at once?",
        {
            "a": Option(
                "No: with HTTP, servers have no way to tell clients.",
                "There are two ways: an answer that begins late, and an answer that never ends. "
                "Both brought news without a new request.",
            ),
            "b": Option(
                "Yes, if the client has asked beforehand.",
                "Yes: with a request that waits, or with a stream. In HTTP each message belongs "
                "to a request.",
            ),
            "c": Option(
                "Yes: it connects to the client.",
                "A page does not listen on a port. The tap saw only clients connect, never the "
                "server.",
                refuted_in="02-before-websocket: An answer that never ends",
            ),
        },
        answer="b",
        misconception="servers have no way to tell clients over HTTP",
        refuted_in="02-before-websocket: A question that waits",
    ),
    Question(
        "why-late",
        "A page polls every ten seconds over one connection. Why does news come late?",
        {
            "a": Option(
                "Because each request sets up a connection.",
                "It keeps one connection. A new connection for each request would add a round "
                "trip; with one for all, the pause is still there.",
            ),
            "b": Option(
                "Because news waits for the next request.",
                "Yes: it waits for the pause, and for up to three one-way trips. Nothing else "
                "takes long.",
            ),
            "c": Option(
                "Because its headers are long.",
                "They cost bytes: about 200 for each poll. But on this wire bytes take no time.",
            ),
        },
        answer="b",
        misconception="HTTP's cost is connection set-up per request",
        refuted_in="02-before-websocket: What a poll costs",
    ),
    Question(
        "idle",
        "A WebSocket is open, and for an hour nothing happens. What travels?",
        {
            "a": Option(
                "A byte now and then; otherwise TCP would close it.",
                "TCP does not close an idle connection. The tap counted no bytes, and the table "
                "said ESTABLISHED.",
            ),
            "b": Option(
                "Nothing, if neither side sends.",
                "Yes. An open connection is an entry in a table at each end. A box on the way "
                "may still drop it: see notebook 08.",
            ),
            "c": Option(
                "An empty answer from time to time, as with polling.",
                "A poll that finds nothing still travels; a WebSocket does not poll.",
                refuted_in="02-before-websocket: The bill",
            ),
        },
        answer="b",
        misconception="an open connection is a busy connection",
        refuted_in="02-before-websocket: Open and silent",
    ),
    Question(
        "cut",
        "An event stream breaks in the middle of event 2. What does the client do?",
        {
            "a": Option(
                "Nothing: it reconnects, and nothing is lost.",
                "It must also say which event it received last: without that number, the server "
                "cannot know where to go on.",
            ),
            "b": Option(
                "It keeps the first half, and asks for the events after 2.",
                "Half an event does not count. A client that asks for the events after 2 never "
                "gets the rest of event 2.",
            ),
            "c": Option(
                "It drops the first half, and sends Last-Event-ID: 1.",
                "Yes, and event 2 came again, complete. For this the server must keep its events.",
            ),
        },
        answer="c",
        misconception="it reconnects by itself and nothing is lost",
        refuted_in="02-before-websocket: Cut in the middle",
    ),
    Question(
        "cheapest",
        "Three short events go to a page that only listens. Which moves the fewest bytes?",
        {
            "a": Option(
                "The WebSocket: its frames are the smallest.",
                "They are, but its handshake is long: 349 bytes in all; the stream needs 278. "
                "With many events the WebSocket needs fewer.",
            ),
            "b": Option(
                "The event stream.",
                "Yes: one short request, one short head, and about twenty bytes for each event.",
            ),
            "c": Option(
                "Polling: it needs no open connection.",
                "Each request and each answer has a head: 1,734 bytes, most of them for empty "
                "answers.",
            ),
        },
        answer="b",
        misconception="WebSocket is always the better choice",
        refuted_in="02-before-websocket: The bill",
    ),
)
