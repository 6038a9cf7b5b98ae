"""The log of a server: bounded, readable from any thread, and the same in every run."""

import threading

import pytest

from tests.patience import LIMIT, patient
from wslab.errors import WslabError
from wslab.network.background import run
from wslab.network.events import EventLog, ServerEvent
from wslab.protocol.closing import CloseCode


@pytest.fixture
def log() -> EventLog:
    log = EventLog()
    log.add(ServerEvent("open", 1, "/echo"))
    log.add(ServerEvent("message", 1, "/echo", data="Hello"))
    log.add(ServerEvent("message", 1, "/echo", data=b"\x00\xff"))
    code = CloseCode.NORMAL_CLOSURE
    log.add(ServerEvent("close", 1, "/echo", code=code, reason="bye", detail="the client began"))
    log.add(ServerEvent("error", 2, "/nope", detail="handshake refused with 404 Not Found"))
    return log


def test_the_log_shows_a_line_for_each_event(log: EventLog) -> None:
    assert repr(log).splitlines() == [
        "client 1  open     /echo",
        "client 1  message  /echo  'Hello'",
        "client 1  message  /echo  b'\\x00\\xff'",
        "client 1  close    /echo  1000, 'bye', the client began",
        "client 2  error    /nope  handshake refused with 404 Not Found",
    ]
    assert repr(EventLog()) == "(no events yet)"


def test_an_event_shows_what_it_holds_and_leaves_out_what_it_does_not(log: EventLog) -> None:
    assert list(map(repr, log)) == [
        "ServerEvent('open', client=1, path='/echo')",
        "ServerEvent('message', client=1, path='/echo', data='Hello')",
        "ServerEvent('message', client=1, path='/echo', data=b'\\x00\\xff')",
        "ServerEvent('close', client=1, path='/echo', code=1000, reason='bye', "
        "detail='the client began')",
        "ServerEvent('error', client=2, path='/nope', "
        "detail='handshake refused with 404 Not Found')",
    ]


def test_a_long_message_is_shown_shortened_and_kept_whole() -> None:
    event = ServerEvent("message", 1, "/", data="x" * 70_000)
    assert str(event) == f"client 1  message  /  '{'x' * 60}'… (70,000 characters)"
    assert "(61 bytes)" in repr(ServerEvent("message", 1, "/", data=bytes(61)))
    assert event.data == "x" * 70_000


def test_the_log_is_a_sequence(log: EventLog) -> None:
    assert len(log) == 5
    assert log[0] == ServerEvent("open", 1, "/echo")
    assert log[-1].client == 2
    assert log[1:3] == log.of("message")
    log.clear()
    assert list(log) == []


def test_the_log_is_bounded_in_events() -> None:
    log = EventLog(limit=3)
    for client in range(1, 6):
        log.add(ServerEvent("open", client, "/"))
    assert [event.client for event in log] == [3, 4, 5]
    assert log.left_out == 2
    assert repr(log).startswith("(2 older events left out)\n")
    assert len(log.wait_for("open", count=5, timeout=0)) == 3  # five were seen, three are kept


def test_the_log_is_bounded_in_data() -> None:
    log = EventLog(data_limit=10)
    for data in ("aaaa", b"bbbb", "cccc", "d" * 20):
        log.add(ServerEvent("message", 1, "/", data=data))
        assert len(log[-1].data or "") == len(data)
    assert [event.data for event in log] == ["d" * 20]  # the newest stays, however large
    log.add(ServerEvent("message", 1, "/", data="e"))
    assert [event.data for event in log] == ["e"]
    log.add(ServerEvent("message", 1, "/", data="f" * 9))
    log.add(ServerEvent("open", 2, "/"))
    assert len(log) == 3


def test_wait_for_returns_at_once_what_was_seen(log: EventLog) -> None:
    assert [event.data for event in log.wait_for("message", 2, timeout=0)] == ["Hello", b"\0\xff"]


def test_wait_for_wakes_up_when_the_event_comes() -> None:
    log = EventLog()
    seen: list[ServerEvent] = []
    entered = threading.Event()
    wait = log._changed.wait

    def wait_and_say_so(timeout: float | None = None) -> bool:
        entered.set()  # the lock is held here until the wait has begun
        return wait(timeout)

    log._changed.wait = wait_and_say_so  # type: ignore[method-assign]
    target = threading.Thread(
        target=lambda: seen.extend(log.wait_for("close", timeout=patient(60))), daemon=True
    )
    target.start()
    assert entered.wait(LIMIT)
    log.add(ServerEvent("open", 1, "/"))
    log.add(ServerEvent("close", 1, "/"))
    target.join(LIMIT)
    assert seen == [ServerEvent("close", 1, "/")]


def test_wait_for_gives_up_with_a_sentence(log: EventLog) -> None:
    with pytest.raises(WslabError, match=r"saw 1 of 2 'open' events within 0\.01 s; look at"):
        log.wait_for("open", 2, timeout=0.01)


def test_an_unknown_kind_is_refused_before_waiting(log: EventLog) -> None:
    with pytest.raises(WslabError, match="the kinds are open, message, close, error"):
        log.wait_for("closed", timeout=patient(60))
    with pytest.raises(WslabError, match="not a kind of event"):
        log.of("opened")


def test_wait_for_refuses_the_thread_that_it_would_stop(log: EventLog) -> None:
    async def wait() -> None:
        log.wait_for("open")

    with pytest.raises(WslabError, match="call it from a cell"):
        run(wait())


async def test_wait_for_works_in_a_cell_whose_own_loop_runs(log: EventLog) -> None:
    assert log.wait_for("open") == [ServerEvent("open", 1, "/echo")]
