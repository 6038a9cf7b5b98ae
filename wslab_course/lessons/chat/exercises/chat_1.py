"""Exercise chat_1 of notebook 12, chat."""

from __future__ import annotations

from websockets.asyncio.server import broadcast

from wslab_course.lessons.chat.grading.stage import chat_stage


@chat_stage(
    1,
    hints=[
        "A connection knows nothing of the others. Keep a set of all who are here, outside of the "
        "function.",
        "Add `ws` before the loop, and take it out in `finally`: that runs however the loop ends.",
        "async for message in ws: broadcast(clients, message)",
    ],
    why="The set is what all handlers share. `finally` takes a client out even when its network "
    "dies. broadcast skips whoever is closing, and waits for nobody.",
)
def chat_1():
    clients = set()

    async def chat_1(ws):
        """Send what one client says to all who are here, itself included."""
        clients.add(ws)
        try:
            async for message in ws:
                broadcast(clients, message)
        finally:
            clients.remove(ws)

    return chat_1


chat_1.slip(
    "You answered the sender alone, as the tutorial does. Send to everyone in the set.",
    says="bob did not hear",
    change={"broadcast(clients, message)": "await ws.send(message)"},
)
chat_1.slip(
    "All means the sender too: only so does it see that the server has its words.",
    says="ann did not hear its own words",
    change={"broadcast(clients, message)": "broadcast(clients - {ws}, message)"},
)
chat_1.slip(
    "You take one message, and then the function ends, which closes the connection. Loop.",
    says=r"closed \w+'s connection .*\(1000\)",
    change={"async for message in ws:": "for message in [await ws.recv()]:"},
)
chat_1.slip(
    "Somebody left, your loop sent to them, and ConnectionClosed ended another one's handler. "
    "Take a client out of the set in `finally`.",
    says=r"closed \w+'s connection .*\(1011\)",
    change={
        "broadcast(clients, message)": "for client in list(clients): await client.send(message)",
        "clients.remove(ws)": "pass",
    },
)
