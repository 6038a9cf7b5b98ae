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
                "The first thing that bob heard was his own message; ann's never came to him.",
            ),
            "b": Option(
                "No: `ws` is one connection, and the others hear nothing.",
                "Yes. Each client has a handler of its own, and none knows of the others.",
            ),
            "c": Option(
                "Yes, if the clients connect to the same path.",
                "ann and bob had the same path, and bob heard himself alone.",
            ),
        },
        answer="b",
        misconception="an echo server is a chat server",
        refuted_in="12-chat: Who hears?",
    ),
    Question(
        "who-speaks",
        "A chat message says who speaks. Who puts the name in?",
        {
            "a": Option(
                "The client, in each message.",
                "Then eve signs as ann, and bob believes it.",
            ),
            "b": Option(
                "The server: it knows who joined on which connection.",
                "Yes. Whatever name a message claims, the table has no such field.",
            ),
            "c": Option(
                "The frame's header carries it.",
                "A frame has no field for a sender. Bob saw ann's name because eve wrote it.",
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
                "Then a page that escapes as well shows &lt;, and a terminal does too.",
            ),
            "b": Option(
                "It passes the text on; whoever shows it must show it as text.",
                "Yes: textContent in a page. innerHTML would run eve's script in it.",
            ),
            "c": Option(
                "It refuses it: nobody needs < in a chat.",
                "People who talk about HTML do, and 1 < 2 is not an attack.",
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
                "ann stopped hearing, too, although she read everything.",
            ),
            "b": Option(
                "Soon nobody hears any news.",
                "Yes. When the buffers to that member are full, the loop waits there for ever.",
            ),
            "c": Option(
                "send raises ConnectionClosed, and the loop ends.",
                "The connection is open and well; send waits until there is room.",
            ),
        },
        answer="b",
        misconception="a broadcast loop is safe",
        refuted_in="12-chat: Stage 4: one who does not read",
    ),
    Question(
        "broadcast-keeps",
        "`broadcast(members, news)` never waits. Where is what a slow member has not read?",
        {
            "a": Option(
                "It is dropped.",
                "The buffer of sam's connection held megabytes of it.",
            ),
            "b": Option(
                "In the server's memory, as much as it takes.",
                "Yes. It needs a limit of yours: a queue with an end, and a rule for who is full.",
            ),
            "c": Option(
                "In the network, which has room for it.",
                "The network and both systems hold a few megabytes; the rest was in the server.",
            ),
        },
        answer="b",
        misconception="broadcast makes a slow reader harmless",
        refuted_in="12-chat: Stage 4: one who does not read",
    ),
    Question(
        "coming-back",
        "zoe was cut off for a minute and connects again. How does she get what was said?",
        {
            "a": Option(
                "WebSocket delivers it once she is back.",
                "A new connection knows nothing of the old one: she asked, by an id.",
            ),
            "b": Option(
                "She says the last id that she has, and the server sends what came after.",
                "Yes, as far as the server still has it; `complete` tells her.",
            ),
            "c": Option(
                "She asks for everything since a time of day.",
                "Two events may have one time, and clocks differ. An id is one event, for all.",
            ),
        },
        answer="b",
        misconception="it reconnects by itself and nothing is lost",
        refuted_in="12-chat: Stage 5: what you missed",
    ),
)
