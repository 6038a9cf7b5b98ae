"""The quiz of notebook 12, chat."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "who-hears",
        "A server sends each message back with `await ws.send(message)`. Is it a chat?",
        {
            "a": Option(
                "Yes: all clients of one server hear each other.",
                "The first message that bob received was his own; ann's never came to him.",
            ),
            "b": Option(
                "No: `ws` is one connection, and the others receive nothing.",
                "Yes. Each client has its own call of the handler, which knows no other "
                "connection.",
            ),
            "c": Option(
                "Yes, if the clients connect to the same path.",
                "ann and bob had the same path, and bob received only his own message.",
            ),
        },
        answer="b",
        misconception="an echo server is a chat server",
        refuted_in="12-chat: Who hears?",
    ),
    Question(
        "who-speaks",
        "A chat message has the name of its speaker. Who puts the name in?",
        {
            "a": Option(
                "The client, in each message.",
                "Then eve can write ann's name, and bob cannot see the difference.",
            ),
            "b": Option(
                "The server: it knows who joined on which connection.",
                "Yes. The table has no field for a name in a client's `say`, and the server "
                "ignores one.",
            ),
            "c": Option(
                "The frame's header carries it.",
                "A frame has no field for a sender. bob saw ann's name because eve had written it.",
            ),
        },
        answer="b",
        misconception="a client may say who it is, each time",
        refuted_in="12-chat: Stage 2: who speaks",
    ),
    Question(
        "hostile-text",
        "eve says `<img src=x onerror=alert(1)>`. What does the server do with it?",
        {
            "a": Option(
                "It escapes the mark-up before it passes it on.",
                "Then a page that escapes as well shows &lt;, and so does a terminal.",
            ),
            "b": Option(
                "It passes the text on unchanged; each client must show it as text.",
                "Yes: a page should use textContent. innerHTML would run eve's script.",
            ),
            "c": Option(
                "It refuses the message: a chat does not need <.",
                "People who talk about HTML need it, and 1 < 2 is not an attack.",
            ),
        },
        answer="b",
        misconception="the server makes text safe",
        refuted_in="12-chat: Text is text",
    ),
    Question(
        "loop-of-sends",
        "`for ws in members: await ws.send(news)`. What if one member stops reading?",
        {
            "a": Option(
                "Only that member misses the news.",
                "ann received no more news either, although she read everything.",
            ),
            "b": Option(
                "After a while, no member gets any news.",
                "Yes. When the buffers to that member are full, the loop waits there for ever.",
            ),
            "c": Option(
                "send raises ConnectionClosed, and the loop ends.",
                "The connection is still open; send waits until there is room in the buffers.",
            ),
        },
        answer="b",
        misconception="a broadcast loop is safe",
        refuted_in="12-chat: Stage 4: one who does not read",
    ),
    Question(
        "broadcast-keeps",
        "`broadcast(members, news)` never waits. Where are the messages that a slow member has "
        "not read?",
        {
            "a": Option(
                "Nowhere: they are dropped.",
                "The buffer of sam's connection held megabytes of them.",
            ),
            "b": Option(
                "In the server's memory, without a limit.",
                "Yes. Your server needs a limit: a queue with a maximum size, and a rule for a "
                "client whose queue is full.",
            ),
            "c": Option(
                "In the network, which has room for them.",
                "The network and both systems hold a few megabytes; the rest was in the server.",
            ),
        },
        answer="b",
        misconception="broadcast makes a slow reader harmless",
        refuted_in="12-chat: Stage 4: one who does not read",
    ),
    Question(
        "coming-back",
        "zoe was cut off for a minute and connects again. How does she get the messages of that "
        "minute?",
        {
            "a": Option(
                "WebSocket delivers it once she is back.",
                "A new connection knows nothing of the old one: zoe had to ask, with an id.",
            ),
            "b": Option(
                "She sends the last id that she has, and the server sends the events after it.",
                "Yes, if the server still has them; `complete` tells her.",
            ),
            "c": Option(
                "She asks for everything since a time of day.",
                "Two events may have the same time, and clocks differ. An id means the same "
                "event for every client.",
            ),
        },
        answer="b",
        misconception="it reconnects by itself and nothing is lost",
        refuted_in="12-chat: Stage 5: what you missed",
    ),
)
