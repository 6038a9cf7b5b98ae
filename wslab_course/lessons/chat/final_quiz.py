"""The final quiz: each misconception of the course once more, in a situation of its own.

It belongs to no single notebook. It is asked at the end of the last one, and each wrong
answer leads back to the notebook and the heading that refute it.
"""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "polls",
        "A page asks for news every second, with keep-alive and HTTP/1.1. How many TCP "
        "connections does a quiet minute take?",
        {
            "a": Option("60: one for each request.", "Count them: the tap saw one for twenty."),
            "b": Option("One.", "Yes. What a poll costs is the asking, and headers each time."),
            "c": Option(
                "120: one for each request, one for each response.",
                "A response comes on the connection that asked.",
                refuted_in="01-duplex: Two streams of bytes",
            ),
        },
        answer="b",
        misconception="HTTP opens a connection per request",
        refuted_in="01-duplex: Does HTTP hang up",
    ),
    Question(
        "same-thing",
        '"We have keep-alive, so we need no WebSocket for our live scores." What is missing?',
        {
            "a": Option(
                "Nothing: in both, a connection stays open.",
                "The channel is the same; its use is not. Over HTTP the server still waits "
                "for a question before it speaks.",
            ),
            "b": Option(
                "Speed: keep-alive opens a connection for each answer.",
                "It keeps one, as its name says.",
                refuted_in="01-duplex: Does HTTP hang up",
            ),
            "c": Option(
                "A server that may speak without being asked.",
                "Yes. (An event stream would give that, too: one long answer.)",
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
                "200, as WebSocket runs over HTTP.",
                "Look at the bytes behind the 101: frames, and no head anywhere.",
            ),
            "c": Option(
                "101 again.",
                "There is one 101 in the recording, before the first frame.",
            ),
        },
        answer="a",
        misconception="WebSocket runs over HTTP",
        refuted_in="03-handshake: Where HTTP ends",
    ),
    Question(
        "green-light",
        'A monitor opens a WebSocket, gets a valid 101, and reports "the chat works". Is it so?',
        {
            "a": Option(
                "Yes: only the chat's handler can compute the Accept.",
                "A front door of eight lines computed it, with nobody behind it.",
            ),
            "b": Option(
                "Not sure: a proxy may have answered. Let it say something and hear it back.",
                "Yes. A 101 speaks for whoever read the request.",
            ),
            "c": Option(
                "Yes, for the next minute at least.",
                "The client of the front door saw 1006 before a single frame.",
            ),
        },
        answer="b",
        misconception="101 means my server is up",
        refuted_in="03-handshake: A 101 and nobody home",
    ),
    Question(
        "token-of-a-page",
        "Your API wants `Authorization: Bearer …`. How does a page's WebSocket send that header?",
        {
            "a": Option(
                "In the third argument of the constructor.",
                "A browser was given one, and the recorded request does not have it.",
            ),
            "b": Option(
                "With ws.setRequestHeader, before the open event.",
                "Ask the object for its methods: there is no such one.",
                refuted_in="06-events: What is not there",
            ),
            "c": Option(
                "It cannot. The token takes another way, such as the first message.",
                "Yes. A page chooses the URL and the subprotocols; the rest is the browser's.",
            ),
        },
        answer="c",
        misconception="you can set headers in a browser",
        refuted_in="03-handshake: What a page can choose",
    ),
    Question(
        "evil-page",
        "Your server knows its users by a cookie and sends no CORS headers. A user opens a page "
        "of evil.example, whose script connects to your server. Who stops it?",
        {
            "a": Option(
                "The browser, since CORS does not allow it.",
                "A browser was recorded: it connected, and read what came. CORS plays no part.",
            ),
            "b": Option(
                "Your server, if it looks at Origin. Otherwise nobody.",
                "Yes. The browser says which site asks, and leaves the decision to you.",
            ),
            "c": Option(
                "Sec-WebSocket-Key, which evil.example does not know.",
                "The browser draws the key itself, for any page; it is not a secret.",
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
                "Everybody on the way: the key is in the same frame.",
                "Yes. Secrecy is the work of TLS, and of `wss://`.",
            ),
            "b": Option(
                "The server alone: a masked frame is encrypted.",
                "You read a PIN from the wire with four bytes that stood before it.",
            ),
            "c": Option(
                "The server and whoever breaks a key of 32 bits.",
                "Nothing has to be broken: the key is sent along.",
                refuted_in="04-frames: The mask",
            ),
        },
        answer="a",
        misconception="masking is encryption",
        refuted_in="04-frames: Masking is not encryption",
    ),
    Question(
        "one-read",
        "Your raw server calls `read(4096)` once and takes what comes for one message. It worked "
        "on your machine. Why does it fail elsewhere?",
        {
            "a": Option(
                "It does not: one message is one frame, one frame is one packet.",
                "The same frame came in more than a hundred chunks when a tap cut it.",
            ),
            "b": Option(
                "Messages beyond 4096 bytes are not allowed.",
                "A frame may announce far more.",
                refuted_in="04-frames: How long is it?",
            ),
            "c": Option(
                "A read may return half a frame, or two and a half.",
                "Yes. Only the header says where a frame ends, and only FIN where a message does.",
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
                "Yes. The kind is in the opcode, and part of what two programs agree on.",
            ),
            "c": Option(
                "Text, as soon as the bytes are valid UTF-8.",
                "Nobody looks: an SVG sent as bytes was BINARY, though it is all text.",
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
            "a": Option("5.", "Yes: one call for the connection, and a loop for its messages."),
            "b": Option(
                "1: the handler is called per message, and starts at 0.",
                "The list of what was heard begins with one single 'called'.",
            ),
            "c": Option(
                "It depends on the number of frames.",
                'The message in several frames was heard once, as "two".',
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
                "No speed helps: the handshake cannot run before your script gives up its turn.",
            ),
            "b": Option(
                "Yes: what is sent too early is kept.",
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
        'A page wants to say "wrong password" or "server down". Where does it read which?',
        {
            "a": Option(
                "In the error event.",
                "Three failures of three kinds gave three times the same event.",
            ),
            "b": Option(
                "In a message or close code that your server sends after the handshake.",
                "Yes. Let it in, and tell it then; a refused handshake is 1006 and no more.",
            ),
            "c": Option(
                "In the close event: a refusal with 403 has the code 403.",
                "The refusal with 404 ended with 1006, as the others did.",
            ),
        },
        answer="b",
        misconception="error tells you why",
        refuted_in="06-events: Error is mute",
    ),
    Question(
        "log-of-1006",
        "Your log is full of 1006. A colleague wants to know which proxy sends them. Your answer?",
        {
            "a": Option(
                "None: no Close frame came, and the client's own side wrote the number.",
                "Yes. 1005 and 1006 stand for what did not come.",
            ),
            "b": Option(
                "The one in front of the server: it sends 1006 before it restarts.",
                "The recording of such an end holds no Close frame from anybody.",
            ),
            "c": Option(
                "The server, when its handler raises.",
                "A server says 1011 then, and that one travels.",
                refuted_in="07-actions: Codes that a server chooses",
            ),
        },
        answer="a",
        misconception="1006 is sent by somebody",
        refuted_in="07-actions: Two codes that nobody sends",
    ),
    Question(
        "code-through-a-gateway",
        "Your server closes with 4001, and a gateway stands between it and the client. What does "
        "the client get?",
        {
            "a": Option(
                "4001: a close code is for both ends.",
                "Ada's room said 4001, and Ada got 1000: the relay closed in its own way.",
            ),
            "b": Option(
                "Always 1006.",
                "The relay ended its side with a handshake of its own; the end was clean.",
            ),
            "c": Option(
                "What the gateway chooses to send.",
                "Yes. A close code speaks for one hop; what must arrive goes into a message.",
            ),
        },
        answer="c",
        misconception="close codes survive every hop",
        refuted_in="07-actions: Across a hop",
    ),
    Question(
        "heartbeat-in-a-page",
        "A page is to find out whether its server is alive. What can its script send?",
        {
            "a": Option(
                "A Ping, with ws.ping().",
                "The object's methods were printed: send and close, and no ping.",
            ),
            "b": Option(
                "A message of your own, that the server answers.",
                "Yes. Ping and Pong are done below a page, and it hears nothing of them.",
            ),
            "c": Option(
                'The text "ping", which a browser makes a Ping frame of.',
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
            "a": Option("Yes: either side may ask.", "Yes, and the other answers with a Pong."),
            "b": Option(
                "No: pings go from the client to the server.",
                "Both were asked, and both answered, on one connection.",
            ),
            "c": Option(
                "Only between two messages.",
                "A whole Ping may stand between the frames of a message.",
                refuted_in="05-messages: Which orders are legal?",
            ),
        },
        answer="a",
        misconception="ping goes one way only",
        refuted_in="08-bad-network: Both may ask",
    ),
    Question(
        "overnight",
        "A dashboard shows prices. Overnight none come. Why is it dead in the morning?",
        {
            "a": Option(
                "It cannot be: neither side has closed.",
                "Neither had decided anything when the box between them forgot the connection.",
            ),
            "b": Option(
                "The protocol ends a connection without messages after an hour.",
                "RFC 6455 knows no such limit; what stands on the way has limits of its own.",
            ),
            "c": Option(
                "Something on the way forgot an idle connection; a heartbeat keeps it known.",
                "Yes. An end that nobody tells you of has to be looked for.",
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
                "Nothing: WebSocket reconnects by itself, and what was missed follows.",
                "The tap waited for a second connection, and none came. Nothing followed.",
            ),
            "b": Option(
                "Connect again after a random pause, and ask for all after the last id it has.",
                "Yes: backoff with jitter, and resume. Both are yours to write.",
            ),
            "c": Option(
                "Call ws.open() again.",
                "There is no such method; an object that is CLOSED stays so.",
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
                "begin 1, begin 2, begin 3, and only then end 1: nobody waited.",
            ),
            "b": Option(
                "The browser drops what it cannot handle.",
                "All three were handled, each by a call of its own.",
            ),
            "c": Option(
                "Each event starts another handler, and reading goes on.",
                "Yes. Backpressure needs a reader that stops reading.",
            ),
        },
        answer="c",
        misconception="awaiting in onmessage is backpressure",
        refuted_in="06-events: Awaiting holds nobody back",
    ),
    Question(
        "one-slow-member",
        "Your chat sends to its members one after the other, `await ws.send(text)` for each. One "
        "member's laptop sleeps. Who notices?",
        {
            "a": Option(
                "Everybody, as soon as its buffers are full.",
                "Yes. A queue for each member, with a limit, keeps the others out of it.",
            ),
            "b": Option(
                "Nobody else: each member has a connection of its own.",
                "But there is one loop, and it stood still at the member who slept.",
            ),
            "c": Option(
                "The loop: send() raises at once.",
                "Nothing was raised: a frozen wire looks like a slow one.",
            ),
        },
        answer="a",
        misconception="a broadcast loop is safe",
        refuted_in="08-bad-network: One member stops",
    ),
)
