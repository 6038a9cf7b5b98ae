"""An exercise: what learners see, and what authors may not do."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

from wslab.errors import AuthorError
from wslab_course.checks.cases import FUZZ_CASES
from wslab_course.checks.exercises import Case, Exercise, exercise

HINTS = ["Look at the key.", "It repeats.", "key[i % 4]"]
KEY = b"\x37\xfa\x21\x3d"


def random_case(rng: random.Random) -> Case:
    return Case(rng.randbytes(rng.randrange(50)), rng.randbytes(4))


def make(**changes: Any) -> Exercise:
    """The exercise that most tests use, with two known wrong answers."""
    parts: dict[str, Any] = {
        "cases": [
            Case(b"", KEY),
            Case(b"\x7f", KEY, expected=b"H"),
            Case(b"\x7f\x9f\x4d\x51\x58", KEY, expected=b"Hello"),
        ],
        "hints": HINTS,
        "why": "XOR undoes itself.",
        "fuzz": random_case,
        "seconds": 5,
    }

    @exercise(**(parts | changes))
    def unmask(payload: bytes, key: bytes) -> bytes:
        """Give back the payload."""
        return bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))

    @unmask.wrong("You stayed with the first key byte.")
    def first_byte_only(payload, key):
        return bytes(byte ^ key[0] for byte in payload)

    @unmask.wrong("You forgot to make bytes of it.")
    def a_list(payload, key):
        return [byte ^ key[i % 4] for i, byte in enumerate(payload)]

    return unmask


unmask = make()


def right(payload, key):
    return bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))


# --- verdicts --------------------------------------------------------------------------


def test_right_is_correct() -> None:
    verdict = unmask.check(right)
    assert repr(verdict).splitlines() == [
        "✓ unmask: correct",
        "  It passed 3 cases and 100 random ones.",
        "  lesson.unmask.solution() shows how we wrote it.",
    ]
    assert verdict.correct
    assert "It passed 3 cases.\n" in repr(make(fuzz=None).check(right))
    assert "It passed 1 case.\n" in repr(make(fuzz=None, cases=[Case(b"", KEY)]).check(right))


def test_the_untouched_stub_is_not_attempted() -> None:
    space: dict[str, Any] = {}
    exec(unmask.stub, space)
    assert repr(unmask.check(space["unmask"])).splitlines() == [
        "○ unmask: not attempted",
        "  Replace the three dots; lesson.unmask.hint() helps.",
    ]


def test_not_yet_shows_the_smallest_failing_call_and_one_nudge() -> None:
    def two_bytes_of_key(payload, key):
        return bytes(byte ^ key[i % 2] for i, byte in enumerate(payload))

    assert repr(unmask.check(two_bytes_of_key)).splitlines() == [
        "✗ unmask: not yet",
        '  call        unmask(bytes.fromhex("7f 9f 4d 51 58"), bytes.fromhex("37 fa 21 3d"))',
        "  expected    48 65 6c 6c 6f (5 bytes)",
        "  got         48 65 7a ab 6f (5 bytes)",
        "  difference  first at byte 2 (counting from 0): expected 6c, got 7a",
        "  Work out this one case by hand, then step through your code with it.",
        "  Stuck? lesson.unmask.hint()",
    ]


def test_random_cases_find_what_the_others_miss_and_the_smallest_is_shown() -> None:
    def short_only(payload, key):
        return right(payload, key) if len(payload) < 6 else b""

    verdict = make().check(short_only)
    assert verdict.got == "(0 bytes)"
    assert verdict == make().check(short_only)  # the same ones each time
    sizes = [len(case.args[0]) for case in unmask._runner.prepared()[3:]]
    assert len(sizes) == FUZZ_CASES
    assert verdict.difference == f"expected {min(n for n in sizes if n > 5)} bytes, got 0"


def test_a_known_wrong_answer_gets_its_own_sentence() -> None:
    def mine(payload, key):
        out = bytearray()
        for byte in payload:
            out.append(byte ^ key[0])
        return bytes(out)

    assert unmask.check(mine).nudge == "You stayed with the first key byte."


@pytest.mark.parametrize("odd", [0, 5, 9], ids=["in a right case", "in the failing", "in another"])
def test_almost_a_known_wrong_answer_does_not(odd: int) -> None:
    def mine(payload, key):
        return b"?" if len(payload) == odd else bytes(byte ^ key[0] for byte in payload)

    task = make(cases=[Case(bytes(size), KEY) for size in (0, 1, 5, 9)])
    assert task.check(mine).nudge.startswith("Work out this one case")


@pytest.mark.parametrize(
    ("attempt", "nudge"),
    [
        (lambda payload, key: payload.hex(), "It returned str, expected bytes."),
        (lambda payload, key: print(), "It returned None: did you forget `return`?"),
        (lambda payload, key: bytearray(right(payload, key)), "It returned bytearray, expected"),
        (lambda payload: payload, "unmask takes (payload, key); yours takes (payload)."),
        (b"Hello", "check() got bytes, expected the function itself"),
        (asyncio.sleep, "without `async`"),
    ],
    ids=["str", "None", "bytearray", "signature", "a value", "async"],
)
def test_a_wrong_shape_gets_one_clear_sentence(attempt: Any, nudge: str) -> None:
    verdict = unmask.check(attempt)
    assert verdict.state == "not yet" and nudge in verdict.nudge


def test_an_exception_is_quoted_with_its_call() -> None:
    def clumsy(payload, key):
        return payload + 1  # here

    verdict = unmask.check(clumsy)
    assert verdict.call.startswith("unmask(b'', ")
    first, second = verdict.got.splitlines()
    assert first == "TypeError: can't concat int to bytes"
    assert second.startswith("line ") and second.endswith("return payload + 1  # here")
    assert verdict.nudge == "It raised TypeError; look first at the line quoted above."


def test_a_loop_without_end_is_bounded() -> None:
    def spin(payload, key):
        while payload is not None:
            pass

    verdict = make(seconds=0.2).check(spin)
    assert verdict.got == "nothing within 0.2 seconds" and "never ends" in verdict.nudge


def test_prints_belong_to_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    def chatty(payload, key):
        print("size", len(payload))
        return payload[:1]

    verdict = unmask.check(chatty)
    assert verdict.printed == "size 1"  # of the failing call alone
    assert capsys.readouterr().out == ""


def test_arguments_are_fresh_copies() -> None:
    @exercise(cases=[Case([3, 1, 2])], hints=HINTS, why="sorted() copies.")
    def ordered(numbers: list[int]) -> list[int]:
        """The numbers in order."""
        return sorted(numbers)

    def spoil(numbers):
        numbers.clear()
        return numbers

    def in_place(numbers):
        numbers.sort()
        return numbers

    assert ordered.check(spoil).call == "ordered([3, 1, 2])"
    assert ordered.check(in_place).correct


def test_a_case_may_want_an_exception() -> None:
    @exercise(cases=[Case(-1, raises=ValueError, nudge="Refuse it.")], hints=HINTS, why="It is.")
    def root(n: int) -> float:
        """The square root."""
        if n < 0:
            raise ValueError(n)
        return n**0.5

    assert root.check(root.reference).correct
    verdict = root.check(lambda n: 0)
    assert (verdict.expected, verdict.got, verdict.nudge) == (
        "ValueError raised",
        "0",
        "Refuse it.",
    )
    assert not root.check(lambda n: {}[n]).correct


def test_a_label_stands_for_a_call_that_is_too_long() -> None:
    task = make(cases=[Case(bytes(9), KEY, label="nine zero bytes")])
    assert task.check(lambda payload, key: b"x").call == "nine zero bytes"


# --- hints and solution ----------------------------------------------------------------


def test_hints_are_graded_and_the_last_one_stays() -> None:
    task = make()
    shown = [repr(task.hint()) for _ in range(4)]
    assert shown[0].startswith("unmask: hint 1 of 3\n  Look at the key.")
    assert shown[1].startswith("unmask: hint 2 of 3\n  It repeats.")
    assert shown[2] == shown[3] and "lesson.unmask.solution()" in shown[2]


def test_the_solution_is_the_reference_and_its_reason() -> None:
    text = repr(unmask.solution())
    assert text.startswith("unmask: one solution\n  XOR undoes itself.\n\n  def unmask(")
    assert "@exercise" not in text


# --- coroutines and facts ---------------------------------------------------------------


async def ask_all(fetch: Callable[..., Any], names: list[str]) -> dict[str, Any]:
    """Serve each question after a turn of the loop; report answers and how many were in flight."""
    waiting = most = 0

    async def ask(name: str) -> str:
        nonlocal waiting, most
        waiting += 1
        most = max(most, waiting)
        await asyncio.sleep(0)
        waiting -= 1
        return name.upper()

    return {"answers": await fetch(ask, names), "in flight": most}


def judge(facts: dict[str, Any], names: list[str]) -> str | None:
    if facts["answers"] != [name.upper() for name in names]:
        return "The answers are not in the order of the questions."
    if facts["in flight"] < len(names):
        return "One question waited for the answer to another."
    return None


def make_fetch(**changes: Any) -> Exercise:
    parts = {"cases": [Case(["a"]), Case(["a", "b"])], "hints": HINTS, "why": "Send, then read."}
    options = parts | {"run": ask_all, "judge": judge, "seconds": 2} | changes

    @exercise(**options)
    async def fetch(ask: Callable[..., Any], names: list[str]) -> list[str]:
        """Ask everything at once."""
        return list(await asyncio.gather(*map(ask, names)))

    @fetch.wrong("Lock-step: the second question waits for the first answer.")
    async def lock_step(ask, names):
        return [await ask(name) for name in names]

    @fetch.wrong("As they come is not in order.")
    async def reversed_answers(ask, names):
        return (await asyncio.gather(*map(ask, names)))[::-1]

    return fetch


def test_facts_are_judged() -> None:
    task = make_fetch()
    task.verify()

    async def slow(ask, names):
        found = []
        for name in names:
            found.append(await ask(name))
        return found

    async def nothing(ask, names):
        await asyncio.gather(*map(ask, names))
        return []

    verdict = task.check(slow)
    assert verdict.call == "fetch(['a', 'b'])"
    assert verdict.got == "{'answers': ['A', 'B'], 'in flight': 1}" and verdict.expected == ""
    assert verdict.nudge.startswith("Lock-step")
    assert task.check(nothing).nudge == "The answers are not in the order of the questions."


def test_a_coroutine_that_waits_for_ever_is_bounded() -> None:
    async def wait(ask, names):
        await asyncio.Event().wait()

    verdict = make_fetch(seconds=0.1).check(wait)
    assert verdict.got == "nothing within 0.1 seconds" and "awaits something" in verdict.nudge


def test_a_forgotten_await_is_the_nudge() -> None:
    async def forgetful(ask, names):
        for name in names:
            ask(name)
        return []

    nudge = make_fetch().check(forgetful).nudge
    assert nudge.startswith("Put `await` before ") and "ask(…)" in nudge


def test_a_plain_function_where_a_coroutine_belongs() -> None:
    verdict = make_fetch().check(lambda ask, names: names)
    assert verdict.nudge == "fetch is a plain function here; begin it with `async def`."


def test_coroutines_without_a_harness_are_awaited() -> None:
    @exercise(cases=[Case(2)], hints=HINTS, why="It is.")
    async def double(n: int) -> int:
        """Twice n."""
        return 2 * n

    async def mine(n):
        return n + n

    assert double.check(mine).correct


def test_a_harness_that_waits_in_vain_is_no_authors_mistake() -> None:
    async def impatient(fetch: Callable[..., Any], names: list[str]) -> object:
        return await asyncio.wait_for(fetch(None, names), 0.05)

    async def wait(ask, names):
        await asyncio.Event().wait()

    task = make_fetch(run=impatient, judge=lambda got, names: None)
    assert task.check(wait).got.startswith("TimeoutError")


# --- authors' mistakes --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"hints": HINTS[:2]}, "2 hints; write three"),
        ({"hints": [*HINTS[:2], " "]}, "write three"),
        ({"cases": []}, "no case"),
        ({"why": ""}, "why"),
    ],
)
def test_what_is_missing_is_found_at_once(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(AuthorError, match=says):
        make(**changes)


@pytest.mark.parametrize(
    ("case", "says"),
    [
        (Case(b"", KEY, expected=b"x"), r"returns \(0 bytes\), the case expects 78"),
        (Case(b"a", b""), "raises ZeroDivisionError|raises IndexError"),
        (Case(b"", KEY, raises=ValueError), "does not raise"),
    ],
)
def test_a_reference_that_fails_its_own_case_is_not_the_learners_fault(
    case: Case, says: str
) -> None:
    with pytest.raises(AuthorError, match=says):
        make(cases=[case]).check(right)


def test_a_reference_that_does_not_finish_is_the_authors_mistake() -> None:
    @exercise(cases=[Case(1)], hints=HINTS, why="It is.", seconds=0.02)
    def spin(n: int) -> int:
        """Spins."""
        while True:
            pass

    with pytest.raises(AuthorError, match="does not finish"):
        spin.check(lambda n: n)


def test_a_harness_or_judge_that_raises_is_the_authors_mistake() -> None:
    async def broken_run(fetch: Callable[..., Any], names: list[str]) -> object:
        raise LookupError("harness")

    def broken_judge(facts: object, names: list[str]) -> None:
        raise LookupError("judge")

    space: dict[str, Any] = {}
    exec("async def mine(ask, names):\n    return names", space)
    with pytest.raises(AuthorError, match="run function raised LookupError .*harness"):
        make_fetch(run=broken_run).check(space["mine"])
    with pytest.raises(AuthorError, match="judge raised LookupError .*judge"):
        make_fetch(judge=broken_judge).check(space["mine"])


def test_verify_accepts_a_good_exercise() -> None:
    make().verify()


def test_verify_finds_wrong_answers_that_are_right_or_alike() -> None:
    task = make()
    task.wrong("You are right.")(right)
    with pytest.raises(AuthorError, match="right is correct"):
        task.verify()

    task = make()

    @task.wrong("Also the first byte.")
    def twin(payload, key):
        return bytes(byte ^ key[0] for byte in payload)

    with pytest.raises(AuthorError, match="twin and first_byte_only behave alike"):
        task.verify()


def test_verify_finds_sentences_that_hide_others() -> None:
    task = make()

    @task.wrong("Sent without await.")
    def forgetful(payload, key):
        asyncio.sleep(0)
        return b"x"

    with pytest.raises(AuthorError, match="forgetful got another sentence: 'Put `await`"):
        task.verify()


def test_verify_finds_a_reference_that_its_judge_refuses() -> None:
    task = make(judge=lambda got, payload, key: "Never.")
    with pytest.raises(AuthorError, match="reference is judged wrong"):
        task.verify()


def test_verify_finds_a_stub_that_counts_as_attempted() -> None:
    task = make()
    task.stub = task.stub.replace("...", "return 1")
    with pytest.raises(AuthorError, match="stub counts as attempted"):
        task.verify()
