"""Real sockets: the background loop, the servers, the clients, the tap."""
