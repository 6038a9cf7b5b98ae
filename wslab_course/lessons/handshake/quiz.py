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
                "HTTP ended with the blank line. The server reads a GET as a frame that breaks "
                "the rules, and answers with a Close frame of code 1002.",
            ),
            "b": Option(
                "Frames only: HTTP is over on this connection.",
                "Yes. HTTP was for the handshake; the same TCP connection now carries frames.",
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
                "It encrypts nothing: you could read the key, the answer and the Hello.",
            ),
            "b": Option(
                "It proves who the client is.",
                "It is a new random value for each connection and says nothing about the client.",
            ),
            "c": Option(
                "It proves that the server read this very request and speaks WebSocket.",
                "Yes. An answer from a cache, or from a server that knows only HTTP, does not "
                "match the key.",
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
                "The recording shows a browser that did this, and it connected. CORS does not "
                "apply here.",
            ),
            "b": Option(
                "It connects, unless the server itself checks Origin.",
                "Yes. Origin tells the server which site asks; only the server can refuse.",
            ),
            "c": Option(
                "It connects, and the page can send but not read.",
                "The page in the recording read its echo. With plain HTTP, CORS lets a page send "
                "but not read; a WebSocket allows both.",
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
                "A browser ignores a third argument. In the recording that header is missing.",
            ),
            "b": Option(
                "By setting the Authorization header before open.",
                "The interface has no way to set any header.",
            ),
            "c": Option(
                "Not in a header: in the URL, a cookie, a subprotocol or the first message.",
                "Yes. A page chooses only the URL and the subprotocols; the browser adds cookies.",
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
                "A proxy answered 101 with no server behind it, and then closed the connection.",
            ),
            "b": Option(
                "Something that read my request speaks WebSocket.",
                "Yes, and nothing more. Wait for a first message before you trust the connection.",
            ),
            "c": Option(
                "The connection stays open until one side closes it.",
                "It closed before a single frame came: the client saw 1006.",
            ),
        },
        answer="b",
        misconception="101 means my server is up",
        refuted_in="03-handshake: A 101 and nobody home",
    ),
    Question(
        "which-status",
        "You get 426 Upgrade Required. What is missing from your request?",
        {
            "a": Option(
                "A newer version of HTTP.",
                "HTTP/1.1 is enough for an upgrade. The answer's Upgrade header says websocket.",
            ),
            "b": Option(
                "The wish to change to WebSocket: the Upgrade header, or the word Upgrade in "
                "Connection.",
                "Yes. The target speaks WebSocket, and you asked for it in plain HTTP.",
            ),
            "c": Option(
                "An Origin that the server allows.",
                "That gets 403: the request is valid, but the server refuses it.",
                refuted_in="03-handshake: Who may come in",
            ),
        },
        answer="b",
        misconception="426 wants a newer HTTP",
        refuted_in="03-handshake: One port, two protocols",
    ),
)
