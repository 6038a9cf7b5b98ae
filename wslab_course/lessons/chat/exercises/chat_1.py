"""Exercise chat_1 of notebook 12, chat."""

from __future__ import annotations

from websockets.asyncio.server import broadcast

from wslab_course.lessons.chat.grading.stage import chat_stage


@chat_stage(
    1,
    hints=[
        "A connection does not know the others. Keep a set of all connected clients, outside the "
        "function.",
        "Add `ws` before the loop, and remove it in `finally`: that runs however the loop ends.",
        "async for message in ws: broadcast(clients, message)",
    ],
    why="All handlers share the set. `finally` removes a client even when its network fails. "
    "broadcast skips clients that are closing, and never waits.",
)
def chat_1():
    clients = set()

    async def chat_1(ws):
        """Send each message to all connected clients, its sender included."""
        clients.add(ws)
        try:
            async for message in ws:
                broadcast(clients, message)
        finally:
            clients.remove(ws)

    return chat_1


chat_1.slip(
    "You sent the message only to its sender, as the tutorial does. Send it to everyone in the "
    "set.",
    says="bob did not hear",
    change={"broadcast(clients, message)": "await ws.send(message)"},
)
chat_1.slip(
    "Send to the sender, too: so it sees that the server received its message.",
    says="ann did not hear its own words",
    change={"broadcast(clients, message)": "broadcast(clients - {ws}, message)"},
)
chat_1.slip(
    "You receive one message, and then the function ends, which closes the connection. Use a loop.",
    says=r"closed \w+'s connection .*\(1000\)",
    change={"async for message in ws:": "for message in [await ws.recv()]:"},
)
chat_1.slip(
    "A client left, your loop sent to it, and ConnectionClosed ended another client's handler. "
    "Remove a client from the set in `finally`.",
    says=r"closed \w+'s connection .*\(1011\)",
    change={
        "broadcast(clients, message)": "for client in list(clients): await client.send(message)",
        "clients.remove(ws)": "pass",
    },
)
