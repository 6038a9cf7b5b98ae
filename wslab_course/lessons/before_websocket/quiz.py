"""The quiz of notebook 02, before websocket."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "how-many",
        "A page asks a server for news twenty times, by HTTP/1.1. How many connections?",
        {
            "a": Option(
                "20: a new one for each request.",
                "Count the recordings of the tap: it saw one connection, and twenty requests "
                "on it.",
            ),
            "b": Option(
                "1, unless somebody closes it.",
                "Yes. HTTP/1.1 keeps a connection by default; HTTP/2 shares one even more.",
            ),
            "c": Option(
                "40: one there and one back, each time.",
                "A connection carries both directions; the answer takes the way of the question.",
            ),
        },
        answer="b",
        misconception="HTTP opens a connection per request",
        refuted_in="02-before-websocket: How many connections",
    ),
    Question(
        "can-it-tell",
        "Something happens at a server. Can it tell its clients by HTTP, at once?",
        {
            "a": Option(
                "No: with HTTP, servers have no way to tell clients.",
                "They have two: an answer that begins late, and an answer that never ends. Both "
                "arrived while nobody was asking anew.",
            ),
            "b": Option(
                "Yes, if the client has asked beforehand.",
                "Yes: a question that waits, or a stream. What HTTP lacks is a message that "
                "belongs to no request.",
            ),
            "c": Option(
                "Yes: it connects to the client.",
                "A page listens on no port, and the tap saw clients connect, never the server.",
                refuted_in="02-before-websocket: An answer that never ends",
            ),
        },
        answer="b",
        misconception="servers have no way to tell clients over HTTP",
        refuted_in="02-before-websocket: A question that waits",
    ),
    Question(
        "why-late",
        "A page polls every ten seconds and keeps its connection. Why does news come late?",
        {
            "a": Option(
                "Because each request sets up a connection.",
                "It keeps one. With a connection for each request news came a round trip later "
                "still; with one for all, the pause was still there.",
            ),
            "b": Option(
                "Because news waits for the next question.",
                "Yes: the pause, and up to three ways. Nothing else counts for much.",
            ),
            "c": Option(
                "Because its headers are long.",
                "They cost bytes: some 200 for each poll. On this wire bytes take no time.",
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
                "A byte now and then; else TCP would close it.",
                "TCP closes nothing by itself. The tap counted no byte, and the table said "
                "ESTABLISHED.",
            ),
            "b": Option(
                "Nothing, if nobody sends.",
                "Yes. Open is an entry in a table at each end. Boxes on the way may think "
                "otherwise: notebook 08.",
            ),
            "c": Option(
                "An empty answer from time to time, as with polling.",
                "Polls that find nothing travel; a WebSocket asks nothing.",
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
                "Only if it says what it has: without the number, the server cannot know where "
                "to go on.",
            ),
            "b": Option(
                "It keeps the half, and asks for the rest after 2.",
                "Half an event does not count. A client that asks for what comes after 2 loses "
                "its end.",
            ),
            "c": Option(
                "It drops the half, and says Last-Event-ID: 1.",
                "Yes, and 2 came again, whole. The server must remember its events, too.",
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
                "They are, but its handshake is long: 349 bytes to the stream's 278. With many "
                "events it wins.",
            ),
            "b": Option(
                "The event stream.",
                "Yes: one short request, one short head, and some twenty bytes for each event.",
            ),
            "c": Option(
                "Polling: it needs no open connection.",
                "Each question and answer has a head: 1,734 bytes, most of them to hear nothing.",
            ),
        },
        answer="b",
        misconception="WebSocket is always the better choice",
        refuted_in="02-before-websocket: The bill",
    ),
)
