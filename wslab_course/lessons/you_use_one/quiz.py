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
                "HTTP starts a kernel and opens the door. The code is a message on a WebSocket "
                "that has been open since then.",
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
        "A program shows the token in an Authorization header. How does the page log in?",
        {
            "a": Option(
                "It sets the same header.",
                "new WebSocket takes a URL and subprotocols, and no headers.",
            ),
            "b": Option(
                "With a cookie, which the browser adds.",
                "Yes. Whoever shows the token gets a cookie; the browser sends it from then on.",
            ),
            "c": Option(
                "It need not: it comes from the same machine.",
                "Without token or cookie the answer was 403, and that client ran on this machine.",
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
                "Look into the execute_reply: it says that all went well, and holds no text.",
            ),
            "b": Option(
                "In the next frame after the request.",
                "The next frame said busy, and others can come between.",
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
        "Both sides agreed on v1, whose messages are binary. The client sends a text message.",
        {
            "a": Option(
                "It works: text or bytes does not matter.",
                "It mattered: the recording shows no answer, and a connection that ended.",
            ),
            "b": Option(
                "The frame breaks a rule of WebSocket.",
                "Every rule was kept. WebSocket carries text and binary, and asks nobody.",
            ),
            "c": Option(
                "WebSocket is content; the server is not, and hangs up.",
                "Yes. What a message must look like is agreed above WebSocket.",
            ),
        },
        answer="c",
        misconception="text or bytes does not matter",
        refuted_in=f"{NOTEBOOK}: Break it: the right words in the wrong form",
    ),
)
