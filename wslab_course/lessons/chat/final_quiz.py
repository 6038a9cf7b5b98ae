"""The final quiz: each misconception of the course once more, in a new situation.

It covers all notebooks and is asked at the end of the last one. Each wrong answer leads back
to the notebook and the heading that refute it.
"""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "polls",
        "A page asks for news every second, with keep-alive and HTTP/1.1. How many TCP "
        "connections does a quiet minute take?",
        {
            "a": Option(
                "60: one for each request.", "The tap counted one connection for twenty requests."
            ),
            "b": Option(
                "One.", "Yes. The cost of a poll is the request and its headers, each time."
            ),
            "c": Option(
                "120: one for each request, one for each response.",
                "A response comes on the connection of its request.",
                refuted_in="01-duplex: Two streams of bytes",
            ),
        },
        answer="b",
        misconception="HTTP opens a connection per request",
        refuted_in="01-duplex: Does HTTP hang up",
    ),
    Question(
        "same-thing",
        '"We have keep-alive, so we do not need a WebSocket for our live scores." What is missing?',
        {
            "a": Option(
                "Nothing: in both, a connection stays open.",
                "The channel is the same, but its use is different. Over HTTP the server still "
                "waits for a request before it sends.",
            ),
            "b": Option(
                "Speed: keep-alive opens a connection for each answer.",
                "It keeps one connection open, as its name says.",
                refuted_in="01-duplex: Does HTTP hang up",
            ),
            "c": Option(
                "A server that may send without a request.",
                "Yes. (An event stream can do that, too, as one long answer.)",
            ),
        },
        answer="c",
        misconception="keep-alive is the same thing",
        refuted_in="01-duplex: Is HTTP half duplex",
    ),
    Question(
        "status-for-each",
        "The 101 has come. Which HTTP status does the server give to your third message?",
        {
            "a": Option("None.", "Yes. HTTP ended with the 101; frames have no status."),
            "b": Option(
                "200, because WebSocket runs over HTTP.",
                "Look at the bytes after the 101: there are only frames, and no HTTP head.",
            ),
            "c": Option(
                "101 again.",
                "There is only one 101 in the recording, before the first frame.",
            ),
        },
        answer="a",
        misconception="WebSocket runs over HTTP",
        refuted_in="03-handshake: Where HTTP ends",
    ),
    Question(
        "green-light",
        'A monitor opens a WebSocket, gets a valid 101, and reports "the chat works". Is that '
        "certain?",
        {
            "a": Option(
                "Yes: only the chat's handler can compute the Accept.",
                "A program of eight lines computed it, with no chat behind it.",
            ),
            "b": Option(
                "No: a proxy may have answered. The monitor should send a message and wait for "
                "it to come back.",
                "Yes. A 101 shows only that the program that read the request speaks WebSocket.",
            ),
            "c": Option(
                "Yes, for the next minute at least.",
                "The client of that program saw 1006 before a single frame came.",
            ),
        },
        answer="b",
        misconception="101 means my server is up",
        refuted_in="03-handshake: A 101 and nobody home",
    ),
    Question(
        "token-of-a-page",
        "Your API requires `Authorization: Bearer …`. How does a page's WebSocket send that "
        "header?",
        {
            "a": Option(
                "In the third argument of the constructor.",
                "The page in the recording passed one, and the request does not have that header.",
            ),
            "b": Option(
                "With ws.setRequestHeader, before the open event.",
                "Look at the list of the object's methods: there is no such method.",
                refuted_in="06-events: What is not there",
            ),
            "c": Option(
                "It cannot. Send the token in another way, such as in the first message.",
                "Yes. A page chooses the URL and the subprotocols; the browser writes the rest.",
            ),
        },
        answer="c",
        misconception="you can set headers in a browser",
        refuted_in="03-handshake: What a page can choose",
    ),
    Question(
        "evil-page",
        "Your server knows its users by a cookie and sends no CORS headers. A user opens a page "
        "of evil.example, whose script connects to your server. What stops it?",
        {
            "a": Option(
                "The browser, since CORS does not allow it.",
                "The browser in the recording connected, and its page read the messages. CORS "
                "does not apply.",
            ),
            "b": Option(
                "Your server, if it checks Origin. Otherwise nothing does.",
                "Yes. The browser sends the origin of the page, and your server decides.",
            ),
            "c": Option(
                "Sec-WebSocket-Key, which evil.example does not know.",
                "The browser makes the key itself, for any page; it is not a secret.",
                refuted_in="03-handshake: An answer that fits no other key",
            ),
        },
        answer="b",
        misconception="CORS protects you",
        refuted_in="03-handshake: Who may come in",
    ),
    Question(
        "masked-password",
        "A login travels as a masked frame over `ws://` in a café. Who can read the password?",
        {
            "a": Option(
                "Everyone on the way: the key is in the same frame.",
                "Yes. Only TLS, so `wss://`, keeps it secret.",
            ),
            "b": Option(
                "Only the server: a masked frame is encrypted.",
                "You read a PIN from the wire with the four bytes before it.",
            ),
            "c": Option(
                "The server, and anyone who breaks a key of 32 bits.",
                "The key need not be broken: it is sent in the frame.",
                refuted_in="04-frames: The mask",
            ),
        },
        answer="a",
        misconception="masking is encryption",
        refuted_in="04-frames: Masking is not encryption",
    ),
    Question(
        "one-read",
        "Your raw server calls `read(4096)` once and treats the bytes as one message. It worked "
        "on your machine. Why does it fail elsewhere?",
        {
            "a": Option(
                "It does not fail: one message is one frame, and one frame is one packet.",
                "The same frame came in more than a hundred chunks when a tap cut it.",
            ),
            "b": Option(
                "Messages beyond 4096 bytes are not allowed.",
                "A frame may be far longer.",
                refuted_in="04-frames: How long is it?",
            ),
            "c": Option(
                "A read may return half a frame, or two and a half.",
                "Yes. Only its header says where a frame ends, and only FIN says where a message "
                "ends.",
            ),
        },
        answer="c",
        misconception="message = frame = packet",
        refuted_in="05-messages: Where the network cuts",
    ),
    Question(
        "json-as-bytes",
        "You send JSON as `bytes` where the other side expects `str`. What arrives?",
        {
            "a": Option(
                "The same: JSON is JSON.",
                "The echoes of '42' and b'42' had opcodes 1 and 2, and came as str and bytes.",
            ),
            "b": Option(
                "A binary message, which the other side may refuse.",
                "Yes. The kind is in the opcode, and the two programs must agree on it.",
            ),
            "c": Option(
                "Text, as soon as the bytes are valid UTF-8.",
                "The content does not decide: an SVG sent as bytes was BINARY, although it is "
                "text.",
            ),
        },
        answer="b",
        misconception="text or bytes does not matter",
        refuted_in="05-messages: Text, binary, and an image",
    ),
    Question(
        "counter",
        "A server's handler begins with `seen = 0`, and adds 1 for each message. A client sends "
        "five messages on one connection. What is `seen` at the end?",
        {
            "a": Option(
                "5.",
                "Yes: the handler is called once for the connection, and its loop "
                "counts the messages.",
            ),
            "b": Option(
                "1: the handler is called per message, and starts at 0.",
                "The list in the notebook holds only one 'called'.",
            ),
            "c": Option(
                "It depends on the number of frames.",
                'The message in several frames reached the handler once, as "two".',
            ),
        },
        answer="a",
        misconception="the handler is called per message",
        refuted_in="05-messages: How often is the handler called?",
    ),
    Question(
        "first-line",
        "On a fast machine, `new WebSocket(url)` and `ws.send(…)` in the next line: does it work?",
        {
            "a": Option(
                "Yes, if the server is near.",
                "Speed does not help: the handshake cannot run before your script returns to the "
                "event loop.",
            ),
            "b": Option(
                "Yes: a message that is sent too early is kept.",
                "bufferedAmount was 0, and nothing was sent later.",
            ),
            "c": Option("Never: send() throws.", "Yes: InvalidStateError, until the open event."),
        },
        answer="c",
        misconception="send right after the constructor",
        refuted_in="06-events: Everything in one go",
    ),
    Question(
        "tell-the-user",
        'A page wants to say "wrong password" or "server down". How does it know which one it was?',
        {
            "a": Option(
                "In the error event.",
                "Three different failures fired the same event.",
            ),
            "b": Option(
                "In a message or close code that your server sends after the handshake.",
                "Yes. Accept the handshake first, and then send the reason; for a refused "
                "handshake the page sees only 1006.",
            ),
            "c": Option(
                "In the close event: a refusal with 403 has the code 403.",
                "The refusal with 404 ended with 1006, like the others.",
            ),
        },
        answer="b",
        misconception="error tells you why",
        refuted_in="06-events: Error is mute",
    ),
    Question(
        "log-of-1006",
        "Your log is full of 1006. A colleague asks which proxy sends them. What do you answer?",
        {
            "a": Option(
                "None: no Close frame came, and the client's own library wrote the number.",
                "Yes. 1005 means that no code came, and 1006 that no Close frame came.",
            ),
            "b": Option(
                "The one in front of the server: it sends 1006 before it restarts.",
                "The recording of such an end holds no Close frame.",
            ),
            "c": Option(
                "The server, when its handler raises.",
                "In that case a server sends 1011, and that code is on the wire.",
                refuted_in="07-actions: Codes that a server chooses",
            ),
        },
        answer="a",
        misconception="1006 is sent by somebody",
        refuted_in="07-actions: Two codes that nobody sends",
    ),
    Question(
        "code-through-a-gateway",
        "Your server closes with 4001. There is a gateway between it and the client. Which code "
        "does the client get?",
        {
            "a": Option(
                "4001: a close code reaches both ends.",
                "Ada's room sent 4001, but Ada got 1000: the relay sent its own Close frame.",
            ),
            "b": Option(
                "Always 1006.",
                "The relay closed its own connection with a closing handshake, so the end was "
                "clean.",
            ),
            "c": Option(
                "What the gateway chooses to send.",
                "Yes. A close code is for one hop; send important information in a message.",
            ),
        },
        answer="c",
        misconception="close codes survive every hop",
        refuted_in="07-actions: Across a hop",
    ),
    Question(
        "heartbeat-in-a-page",
        "A page needs to know whether its server is alive. What can its script send?",
        {
            "a": Option(
                "A Ping, with ws.ping().",
                "The object's methods are send and close; there is no ping.",
            ),
            "b": Option(
                "An ordinary message that the server answers.",
                "Yes. The browser handles Ping and Pong, and the page does not notice them.",
            ),
            "c": Option(
                'The text "ping", which the browser sends as a Ping frame.',
                "A text is a text: opcode 1. A Ping has opcode 9.",
                refuted_in="05-messages: One message, four frames",
            ),
        },
        answer="b",
        misconception="you can ping from a browser",
        refuted_in="08-bad-network: Both may ask",
    ),
    Question(
        "ping-from-the-server",
        "A client gets a Ping from its server. Is that legal?",
        {
            "a": Option(
                "Yes: either side may ask.", "Yes, and the other side answers with a Pong."
            ),
            "b": Option(
                "No: pings go from the client to the server.",
                "On one connection, both sides sent a Ping and both answered with a Pong.",
            ),
            "c": Option(
                "Only between two messages.",
                "A Ping may also come between the frames of a message.",
                refuted_in="05-messages: Which orders are legal?",
            ),
        },
        answer="a",
        misconception="ping goes one way only",
        refuted_in="08-bad-network: Both may ask",
    ),
    Question(
        "overnight",
        "A dashboard shows prices. Overnight no price changes. In the morning no new price "
        "arrives. Why?",
        {
            "a": Option(
                "That cannot happen: neither side has closed.",
                "The box between them dropped the connection, although neither side had decided "
                "to.",
            ),
            "b": Option(
                "The protocol ends a connection without messages after an hour.",
                "RFC 6455 has no such limit; boxes on the way have their own limits.",
            ),
            "c": Option(
                "A box on the way dropped the idle connection; a heartbeat would have kept it.",
                "Yes. Neither side is informed, so your program must check.",
            ),
        },
        answer="c",
        misconception="an idle connection lives for ever",
        refuted_in="08-bad-network: Nobody decides",
    ),
    Question(
        "tunnel",
        "A train goes through a tunnel. What must your chat do about it?",
        {
            "a": Option(
                "Nothing: WebSocket reconnects by itself, and the missed messages follow.",
                "The tap waited for a second connection, and none came. Nothing followed.",
            ),
            "b": Option(
                "Connect again after a random pause, and ask for all events after the last id "
                "that it has.",
                "Yes: backoff with jitter, and resume. Your program must do both.",
            ),
            "c": Option(
                "Call ws.open() again.",
                "There is no such method; an object that is CLOSED stays CLOSED.",
                refuted_in="06-events: What is not there",
            ),
        },
        answer="b",
        misconception="it reconnects by itself and nothing is lost",
        refuted_in="08-bad-network: Nothing recovers by itself",
    ),
    Question(
        "await-in-a-handler",
        "`onmessage` awaits a slow database, and memory grows. Why does the sender not slow down?",
        {
            "a": Option(
                "It does: the next message waits for the handler.",
                "The list was begin 1, begin 2, begin 3, and only then end 1: no message waited.",
            ),
            "b": Option(
                "The browser drops what it cannot handle.",
                "All three messages were handled, each by its own call.",
            ),
            "c": Option(
                "Each event starts another call of the handler, and the browser goes on reading.",
                "Yes. There is backpressure only when the reader stops reading.",
            ),
        },
        answer="c",
        misconception="awaiting in onmessage is backpressure",
        refuted_in="06-events: Awaiting holds nobody back",
    ),
    Question(
        "one-slow-member",
        "Your chat sends to its members one after the other, `await ws.send(text)` for each. One "
        "member's laptop sleeps. Which members notice?",
        {
            "a": Option(
                "All of them, as soon as the buffers to that laptop are full.",
                "Yes. With a limited queue for each member, the others do not notice.",
            ),
            "b": Option(
                "No other member: each has its own connection.",
                "But there is one loop for all, and it stopped at the sleeping member.",
            ),
            "c": Option(
                "None: send() raises at once, and the loop skips that member.",
                "send() raised nothing: a frozen wire looks like a slow one.",
            ),
        },
        answer="a",
        misconception="a broadcast loop is safe",
        refuted_in="08-bad-network: One member stops",
    ),
)
