"""The quiz of notebook 10, you use one."""

from __future__ import annotations

from wslab_course.checks.quiz import Option, Question, Quiz

NOTEBOOK = "10-you-use-one"


quiz = Quiz(
    Question(
        "how-a-cell-runs",
        "You press Shift-Enter. What brings your code to the kernel?",
        {
            "a": Option(
                "An HTTP request for each cell.",
                "HTTP starts the kernel and opens the WebSocket. The code is a message on that "
                "WebSocket, which has been open since then.",
            ),
            "b": Option(
                "A message on a WebSocket that is open all the time.",
                "Yes. One connection, and every cell is an execute_request on it.",
            ),
            "c": Option(
                "The file, which the kernel reads again.",
                "The kernel never opens your notebook. It gets the text of one cell in a message.",
            ),
        },
        answer="b",
        misconception="HTTP opens a connection per request",
        refuted_in=f"{NOTEBOOK}: The address of a kernel",
    ),
    Question(
        "how-a-page-logs-in",
        "A program sends the token in an Authorization header. How does the page log in?",
        {
            "a": Option(
                "It sets the same header.",
                "new WebSocket takes a URL and subprotocols, and no headers.",
            ),
            "b": Option(
                "With a cookie, which the browser adds.",
                "Yes. The server gives a cookie to a browser that shows the token; the browser "
                "sends it from then on.",
            ),
            "c": Option(
                "It does not need to: it comes from the same machine.",
                "Without a token or cookie the answer was 403, although that client ran on this "
                "machine.",
            ),
        },
        answer="b",
        misconception="you can set headers in a browser",
        refuted_in=f"{NOTEBOOK}: A language is agreed on",
    ),
    Question(
        "where-the-print-is",
        "Your request runs a print. Where is the printed text?",
        {
            "a": Option(
                "In the reply to the request.",
                "Look at the execute_reply: it says that the code ran without error, and holds "
                "no text.",
            ),
            "b": Option(
                "In the next frame after the request.",
                "The next frame said busy, and other frames can come before the print.",
            ),
            "c": Option(
                "In a message of its own, which every client of the kernel gets.",
                "Yes: a stream on iopub. Its parent names the request.",
            ),
        },
        answer="c",
        misconception="a question has one answer, and it comes next",
        refuted_in=f"{NOTEBOOK}: What came back",
    ),
    Question(
        "text-or-bytes",
        "Both sides agreed on v1, whose messages are binary. The client sends a text message. "
        "What happens?",
        {
            "a": Option(
                "It works: text or bytes does not matter.",
                "It did matter: the recording shows that no answer came and that the connection "
                "ended.",
            ),
            "b": Option(
                "The frame breaks a rule of WebSocket.",
                "The frame follows every rule. WebSocket carries text and binary messages alike.",
            ),
            "c": Option(
                "WebSocket allows it, but the server does not, and closes the connection.",
                "Yes. The form of a message is agreed between the programs, above WebSocket.",
            ),
        },
        answer="c",
        misconception="text or bytes does not matter",
        refuted_in=f"{NOTEBOOK}: Break it: the right words in the wrong form",
    ),
)
