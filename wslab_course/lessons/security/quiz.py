"""The quiz of notebook 09, security."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "masked",
        "A page sends a password over ws://. Its frames are masked. Who on the way can read it?",
        {
            "a": Option("Nobody: it is masked.", "The key travels in the frame, in front of it."),
            "b": Option("Everybody.", "Yes: the key is in the frame, and XOR is its own inverse."),
            "c": Option(
                "Only who knows Sec-WebSocket-Key.",
                "That key has nothing to do with masks, and can be read as well.",
            ),
        },
        answer="b",
        misconception="masking is encryption",
        refuted_in="09-security: Masked is not secret",
    ),
    Question(
        "which-scheme",
        "Which URL gives a secure connection?",
        {
            "a": Option(
                "ws:// to a server that has a certificate.",
                "You tried: ws:// to the TLS port got no answer in HTTP, and no connection.",
            ),
            "b": Option("wss:// alone.", "Yes: the scheme decides whether TLS comes first."),
            "c": Option(
                "Either; client and server agree on it in the handshake.",
                "There is nothing to agree on: with wss:// TLS is there before the handshake.",
            ),
        },
        answer="b",
        misconception="ws is also the secure scheme",
        refuted_in="09-security: Two schemes",
    ),
    Question(
        "cors-again",
        "Your 101 says Access-Control-Allow-Origin: https://club.example. A page of "
        "evil.example connects. What happens?",
        {
            "a": Option(
                "The browser hides the messages from it.",
                "It read the note in every row, whatever the header said.",
            ),
            "b": Option(
                "It connects and reads: that header plays no part.",
                "Yes. Only a server that looks at Origin keeps it out.",
            ),
            "c": Option(
                "The browser asks with OPTIONS first, and gives up.",
                "The recorded browser asked once, with GET, and got a 101.",
                refuted_in="09-security: A page that is not yours",
            ),
        },
        answer="b",
        misconception="CORS protects you",
        refuted_in="09-security: What CORS changes",
    ),
    Question(
        "token-in-a-header",
        "Your page has a token. How does it show it to a WebSocket server?",
        {
            "a": Option(
                "In an Authorization header of the handshake.",
                "A program can do that. A page cannot set a header of the handshake.",
            ),
            "b": Option(
                "In a header of the first frame.",
                "A frame has no headers; its first message may hold the token, though.",
            ),
            "c": Option(
                "In the URL, the first message, a subprotocol, or by cookie.",
                "Yes, and each has its price.",
            ),
        },
        answer="c",
        misconception="you can set headers in a browser",
        refuted_in="09-security: Who are you, without a header",
    ),
    Question(
        "what-origin-proves",
        "A server accepts one Origin only. Who can still connect?",
        {
            "a": Option("Only pages of that origin.", "Your script sent that Origin and got 101."),
            "b": Option(
                "Those pages, and every program that says so.",
                "Yes. Origin speaks for a browser; a login speaks for a person.",
            ),
            "c": Option(
                "Also pages of its sub-domains.",
                "A sub-domain is another origin: old-blog.club.example needs its own entry.",
            ),
        },
        answer="b",
        misconception="Origin is a login",
        refuted_in="09-security: A page that is not yours",
    ),
    Question(
        "which-code",
        "A server behind a proxy closes with 4001. What does the client's close event say?",
        {
            "a": Option("4001", "Behind this proxy it was 4001, before it 1005: another frame."),
            "b": Option(
                "It depends on the proxy: each hop sends a Close frame of its own.",
                "Yes. The recorded one sent an empty frame: 1005.",
            ),
            "c": Option(
                "1006, as the proxy is not the server.",
                "A Close frame did come, so it is not 1006; but it was an empty one.",
            ),
        },
        answer="b",
        misconception="close codes survive every hop",
        refuted_in="09-security: One connection, two hops",
    ),
    Question(
        "who-said-101",
        "Your client has a 101 and the correct Accept. Is your server up?",
        {
            "a": Option("Yes: only it could know the Accept.", "Anybody can compute an Accept."),
            "b": Option(
                "Yes, unless the connection ends at once.",
                "The recorded client sent its Hello after the 101, to a server that had said 404.",
            ),
            "c": Option(
                "Somebody is up: whoever read the request first.",
                "Yes. The proxy said 101, and asked the server afterwards.",
            ),
        },
        answer="c",
        misconception="101 means my server is up",
        refuted_in="09-security: A 101 from somebody else",
    ),
)
