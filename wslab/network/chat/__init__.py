"""The reference chat: its protocol, its room, its server, a person at a client."""
