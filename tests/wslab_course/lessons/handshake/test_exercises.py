"""What the exercises of notebook 03 say of a server is what a real one does."""

import socket

import pytest

from tests.patience import LIMIT
from wslab.network.echo import EchoServer
from wslab.protocol.handshake import Response
from wslab_course.lessons import handshake as lesson
from wslab_course.lessons.handshake.exercises.status_for import ALLOWED_ORIGIN


@pytest.mark.parametrize(
    ("head", "status"), [(case.args[0], case.expected) for case in lesson.status_for.cases]
)
def test_the_guarded_server_answers_as_the_exercise_says(head: bytes, status: int) -> None:
    with EchoServer(origins=[ALLOWED_ORIGIN]) as server:
        with socket.create_connection((server.host, server.port), timeout=LIMIT) as client:
            client.sendall(head)
            answer = client.recv(65536)
            while (response := Response.parse(answer)) is None:
                answer += client.recv(65536)
    assert response.status == status
