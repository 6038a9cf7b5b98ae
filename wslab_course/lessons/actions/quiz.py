"""The quiz of notebook 07, actions."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "what-connects",
        "`ws = WebSocket(url)`. What starts the connection?",
        {
            "a": Option(
                "ws.open()",
                "There is no such method. The object has two methods to call: send and close.",
            ),
            "b": Option("The constructor", "Yes: it begins to connect, and returns at once."),
            "c": Option(
                "The first ws.send()",
                "A send before the open event raises InvalidStateError; it starts nothing.",
                refuted_in="07-actions: Send",
            ),
        },
        answer="b",
        misconception="ws.open() opens the connection",
        refuted_in="07-actions: Make it",
    ),
    Question(
        "late-send",
        "`ws.close()` was called. Then comes `ws.send('more')`. What happens?",
        {
            "a": Option(
                "It raises InvalidStateError",
                "send raises that only while CONNECTING. After close() it raises nothing, and "
                "sends nothing.",
            ),
            "b": Option(
                "It is sent before the Close frame, which waits for it",
                "Only messages sent before close() still leave. The tap saw none that came after "
                "it.",
            ),
            "c": Option(
                "It is dropped without an error; bufferedAmount grows",
                "Yes. bufferedAmount is the only sign of it.",
            ),
        },
        answer="c",
        misconception="a send that raises nothing has been sent",
        refuted_in="07-actions: Send",
    ),
    Question(
        "who-begins",
        "Who may begin to close a WebSocket?",
        {
            "a": Option(
                "The client, because it began the connection",
                "Your server sent 1001 to a client that had not asked to close.",
            ),
            "b": Option("Either side; the other answers", "Yes. Two Close frames, in any order."),
            "c": Option(
                "Either side, and then it is over at once",
                "The other side still answers with a Close frame; without it the end is unclean.",
                refuted_in="07-actions: Both ends of one close",
            ),
        },
        answer="b",
        misconception="closing starts at the client",
        refuted_in="07-actions: The server begins",
    ),
    Question(
        "who-ends-tcp",
        "Both Close frames have been sent. Which side ends TCP first?",
        {
            "a": Option(
                "The server",
                "Yes, whichever side began to close. The side that ends TCP first keeps the "
                "address blocked for a while; so that is the server, not the client.",
            ),
            "b": Option(
                "The side that sent Close first",
                "Your client began once, and your server once; both times the tap saw the server "
                "end TCP first.",
            ),
            "c": Option(
                "The client, because it opened TCP",
                "The client waits for the server. In the recording its half ended last.",
            ),
        },
        answer="a",
        misconception="who begins to close ends TCP as well",
        refuted_in="07-actions: Both ends of one close",
    ),
    Question(
        "who-sent-1006",
        "onclose reports code 1006. Who sent it?",
        {
            "a": Option(
                "The server, before it crashed",
                "The recording holds no Close frame, and a server that sends 1006 breaks a rule.",
            ),
            "b": Option(
                "The network, for example a proxy",
                "A proxy may cut the connection, but it sends no frame: the tap saw none.",
            ),
            "c": Option("Nobody", "Yes. The client reports 1006 when no valid Close frame came."),
        },
        answer="c",
        misconception="1006 is sent by somebody",
        refuted_in="07-actions: Two codes that nobody sends",
    ),
    Question(
        "through-a-relay",
        "A server closes with 4000. Between it and the client is a relay that speaks WebSocket "
        "on both sides. What does the client see?",
        {
            "a": Option(
                "4000: close codes survive every hop",
                "Your relay passed on every message, but the client saw 1000.",
            ),
            "b": Option(
                "Whatever the relay sends in its own Close frame",
                "Yes. There are two connections, and each is closed separately.",
            ),
            "c": Option(
                "1006, always",
                "The relay ended its connection cleanly, with a Close frame of its own.",
            ),
        },
        answer="b",
        misconception="close codes survive every hop",
        refuted_in="07-actions: Across a hop",
    ),
)
