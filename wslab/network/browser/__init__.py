"""The browser's WebSocket in Python, as the WHATWG standard has it."""
