"""The quiz of notebook 03, handshake."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "after-101",
        "The server has answered 101. What may the client send next on this connection?",
        {
            "a": Option(
                "Another GET, since WebSocket runs over HTTP.",
                "HTTP ended with the blank line. A GET is read as a frame that breaks the "
                "rules, and answered with a Close frame of code 1002.",
            ),
            "b": Option(
                "Frames only: HTTP is over on this connection.",
                "Yes. HTTP opened the door; the same TCP connection now carries frames.",
            ),
            "c": Option(
                "Nothing: frames need a second connection.",
                "There is no second one. The frames follow on the same TCP connection, from "
                "the byte after the head.",
            ),
        },
        answer="b",
        misconception="WebSocket runs over HTTP",
        refuted_in="03-handshake: Where HTTP ends",
    ),
    Question(
        "what-the-key-is-for",
        "What is Sec-WebSocket-Key for?",
        {
            "a": Option(
                "It encrypts the connection.",
                "It encrypts nothing: you read key and answer in clear text, and the Hello too.",
            ),
            "b": Option(
                "It proves who the client is.",
                "It is drawn anew for each connection and says nothing about anybody.",
            ),
            "c": Option(
                "It proves that the server read this very request and speaks WebSocket.",
                "Yes. An answer from a cache, or from a server that knows only HTTP, cannot fit.",
            ),
        },
        answer="c",
        misconception="the key is a password",
        refuted_in="03-handshake: An answer that fits no other key",
    ),
    Question(
        "cors",
        "A page of page.example opens a WebSocket to echo.example, which sends no CORS "
        "headers. What happens?",
        {
            "a": Option(
                "The browser refuses: CORS protects the server.",
                "A browser was recorded doing it, and it connected. CORS plays no part here.",
            ),
            "b": Option(
                "It connects, unless the server itself checks Origin.",
                "Yes. Origin tells the server which site asks; only the server can say no.",
            ),
            "c": Option(
                "It connects, and the page can send but not read.",
                "The recorded page read its echo. To send and not to read is how CORS treats "
                "plain HTTP; a WebSocket has no such half permission.",
            ),
        },
        answer="b",
        misconception="CORS protects you",
        refuted_in="03-handshake: Who may come in",
    ),
    Question(
        "headers-in-a-browser",
        "In a page, how do you send a token with the upgrade request?",
        {
            "a": Option(
                "new WebSocket(url, [], {headers: {…}})",
                "A browser ignores a third argument. In the recording its header is not there.",
            ),
            "b": Option(
                "By setting the Authorization header before open.",
                "The interface has no way to set a header, this one included.",
            ),
            "c": Option(
                "Not in a header: in the URL, a cookie, a subprotocol or the first message.",
                "Yes. URL and subprotocols are all that a page chooses; the browser adds cookies.",
            ),
        },
        answer="c",
        misconception="you can set headers in a browser",
        refuted_in="03-handshake: What a page can choose",
    ),
    Question(
        "what-101-says",
        "Your client got a valid 101. What do you know now?",
        {
            "a": Option(
                "My server is up and its handler runs.",
                "A front door answered so, with nobody behind it, and hung up.",
            ),
            "b": Option(
                "Something on the way that read my request speaks WebSocket.",
                "Yes: that and no more. Wait for a first message before you trust it.",
            ),
            "c": Option(
                "The connection stays open until one side closes it.",
                "It did not stay open for a single frame: the client saw 1006.",
            ),
        },
        answer="b",
        misconception="101 means my server is up",
        refuted_in="03-handshake: A 101 and nobody home",
    ),
    Question(
        "which-status",
        "You get 426 Upgrade Required. What did the server miss in your request?",
        {
            "a": Option(
                "A newer version of HTTP.",
                "HTTP/1.1 is what an upgrade needs. The answer's Upgrade header says websocket.",
            ),
            "b": Option(
                "A request to change to WebSocket: Upgrade, or its word in Connection.",
                "Yes. The target speaks WebSocket, and you asked for it in plain HTTP.",
            ),
            "c": Option(
                "An Origin that it likes.",
                "That is 403: asked rightly, and refused.",
                refuted_in="03-handshake: Who may come in",
            ),
        },
        answer="b",
        misconception="426 wants a newer HTTP",
        refuted_in="03-handshake: One port, two protocols",
    ),
)
