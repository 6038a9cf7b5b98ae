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
                "There is no such method. The object has two for you to call: send and close.",
            ),
            "b": Option("The constructor", "Yes: it begins at once, and does not wait."),
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
                "That is for CONNECTING. After close() nothing is raised, and nothing is sent.",
            ),
            "b": Option(
                "It is sent before the Close frame, which waits for it",
                "What came before close() still leaves. The tap saw nothing of what came after.",
            ),
            "c": Option(
                "It is dropped without a word; bufferedAmount grows",
                "Yes. The count is the only trace.",
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
                "The client, as it began the connection",
                "Your server said 1001 to a client that had not asked for anything.",
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
        "Both Close frames have passed. Who ends TCP first?",
        {
            "a": Option(
                "The server",
                "Yes, whoever began: then the server, and not the client, keeps the old address "
                "blocked for a while.",
            ),
            "b": Option(
                "Whoever sent Close first",
                "Your client began, then your server; each time the tap saw the server end TCP.",
            ),
            "c": Option(
                "The client, as it opened TCP",
                "It waits. In the recording its half ended last.",
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
                "The recording holds no Close frame at all, and a server that does send 1006 "
                "breaks a rule.",
            ),
            "b": Option(
                "The network, for example a proxy",
                "What sits in between may cut. The tap saw no frame from anybody.",
            ),
            "c": Option("Nobody", "Yes. It is the client's word for: no Close frame that counts."),
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
                "Your relay was right in all it passed on, and the client saw 1000.",
            ),
            "b": Option(
                "Whatever the relay sends in its own Close frame",
                "Yes. These are two connections, and each has its own end.",
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
