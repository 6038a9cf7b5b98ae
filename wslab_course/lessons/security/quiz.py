"""The quiz of notebook 09, security."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

quiz = Quiz(
    Question(
        "masked",
        "A page sends a password over ws://. Its frames are masked. Who can read it on the way?",
        {
            "a": Option(
                "Nobody: it is masked.",
                "The masking key is in the same frame, before the password.",
            ),
            "b": Option("Everybody.", "Yes: the key is in the frame, and XOR is its own inverse."),
            "c": Option(
                "Only someone who knows Sec-WebSocket-Key.",
                "That key is not used for masking, and can be read as well.",
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
                "You tried it: ws:// to the TLS port got no HTTP answer and no connection.",
            ),
            "b": Option("Only wss://.", "Yes: the scheme decides whether TLS comes first."),
            "c": Option(
                "Either; client and server agree on it in the handshake.",
                "The handshake does not agree on it: with wss://, TLS begins before the handshake.",
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
                "The page read the note in every row, whatever the header was.",
            ),
            "b": Option(
                "It connects and reads: that header has no effect here.",
                "Yes. Only a server that checks Origin refuses the page.",
            ),
            "c": Option(
                "The browser asks with OPTIONS first, and gives up.",
                "The browser in the recording sent one request, a GET, and got a 101.",
                refuted_in="09-security: A page that is not yours",
            ),
        },
        answer="b",
        misconception="CORS protects you",
        refuted_in="09-security: What CORS changes",
    ),
    Question(
        "token-in-a-header",
        "Your page has a token. How can it send the token to a WebSocket server?",
        {
            "a": Option(
                "In an Authorization header of the handshake.",
                "A program can do that. A page cannot set a header of the handshake.",
            ),
            "b": Option(
                "In a header of the first frame.",
                "A frame has no HTTP headers. But the first message may hold the token.",
            ),
            "c": Option(
                "In the URL, the first message, a subprotocol, or by cookie.",
                "Yes, and each has a disadvantage.",
            ),
        },
        answer="c",
        misconception="you can set headers in a browser",
        refuted_in="09-security: Who are you, without a header",
    ),
    Question(
        "what-origin-proves",
        "A server accepts only one Origin. Which clients can connect?",
        {
            "a": Option(
                "Only pages of that origin.", "Your Python script sent that Origin and got a 101."
            ),
            "b": Option(
                "Those pages, and every program that sends that Origin.",
                "Yes. Origin can be trusted only from a browser; a login identifies a person.",
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
            "a": Option(
                "4001",
                "Between server and proxy the code was 4001; the client got "
                "another frame, with 1005.",
            ),
            "b": Option(
                "It depends on the proxy: each hop has its own Close frame.",
                "Yes. The proxy in the recording sent an empty Close frame: 1005.",
            ),
            "c": Option(
                "1006, as the proxy is not the server.",
                "A Close frame came, so it is not 1006; but the frame was empty.",
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
            "a": Option(
                "Yes: only my server could know the Accept.",
                "Any program that reads the key can compute the Accept.",
            ),
            "b": Option(
                "Yes, unless the connection ends at once.",
                "In the recording, the client sent its Hello after the 101, and the server had "
                "answered 404.",
            ),
            "c": Option(
                "Some program is up: the first one that read the request.",
                "Yes. The proxy sent the 101, and asked the server afterwards.",
            ),
        },
        answer="c",
        misconception="101 means my server is up",
        refuted_in="09-security: A 101 from somebody else",
    ),
)
