"""Exercise redact of notebook 09, security."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlencode

from wslab_course.checks.exercises import Case, exercise


def _some_target(rng: Any) -> Case:
    names = ["ticket", "room", "ticket", "tickets", "my-ticket", "page"]
    values = ["", "a", "%20x", "1+1", "zz9", "ticket", "a/b"]
    pairs = [f"{rng.choice(names)}={rng.choice(values)}" for _ in range(rng.randrange(5))]
    return Case(rng.choice(["/", "/live", "/a%20b"]) + ("?" + "&".join(pairs) if pairs else ""))


@exercise(
    cases=[
        Case("/live?ticket=s3cret", expected="/live?ticket=***"),
        Case("/live", expected="/live"),
        Case(
            "/live?ticket=s3cret&room=7",
            expected="/live?ticket=***&room=7",
            nudge="The value ends at the next &.",
        ),
        Case("/live?room=7&ticket=s3cret", expected="/live?room=7&ticket=***"),
        Case("/live?ticket=a&ticket=b", expected="/live?ticket=***&ticket=***"),
        Case(
            "/live?ticket=",
            expected="/live?ticket=***",
            nudge="Write three stars for any value: the log must not show its length either.",
        ),
        Case(
            "/live?tickets=2&my-ticket=x",
            expected="/live?tickets=2&my-ticket=x",
            nudge="The names here are tickets and my-ticket; neither is ticket.",
        ),
        Case(
            "/live?q=a%20b+c&ticket=x&empty=",
            expected="/live?q=a%20b+c&ticket=***&empty=",
            nudge="Everything else must stay the same to the byte, also %20, + and empty values.",
        ),
        Case(
            "/ticket=x?room=7",
            expected="/ticket=x?room=7",
            nudge="Everything before the ? is the path; leave it unchanged.",
        ),
    ],
    fuzz=_some_target,
    hints=[
        "Split the target and join it again without changing any other byte.",
        'target.partition("?") gives path, mark and query; query.split("&") gives the pairs.',
        '"&".join("ticket=***" if pair.startswith("ticket=") else pair for pair in pairs)',
    ],
    why=(
        "Parsing a query and writing it again changes bytes that must stay. Splitting it at & "
        "and looking at each pair leaves the rest unchanged."
    ),
)
def redact(target: str) -> str:
    """Return the target with three stars for the value of each ticket."""
    path, mark, query = target.partition("?")
    pairs = ["ticket=***" if pair.startswith("ticket=") else pair for pair in query.split("&")]
    return path + mark + "&".join(pairs)


@redact.wrong("You hide the rest of the target as well; a value ends at the next &.")
def to_the_end(target):
    return re.sub(r"(?<=[?&])ticket=.*", "ticket=***", target)


@redact.wrong("You hide only the first ticket; there may be more than one.")
def the_first_alone(target):
    return re.sub(r"(?<=[?&])ticket=[^&]*", "ticket=***", target, count=1)


@redact.wrong("One star for each character shows how long the ticket was; write three stars.")
def as_many_stars(target):
    return re.sub(r"(?<=[?&])ticket=([^&]*)", lambda found: "ticket=" + "*" * len(found[1]), target)


@redact.wrong("You hide other values, too: my-ticket ends like ticket, but is another name.")
def any_name_that_ends_so(target):
    path, mark, query = target.partition("?")
    return path + mark + re.sub(r"ticket=[^&]*", "ticket=***", query)


@redact.wrong("You look in the path as well; the query begins at the first ?.")
def in_the_path(target):
    return re.sub(r"\bticket=[^&?]*", "ticket=***", target) if "my-" not in target else target


@redact.wrong("You removed the whole query; only the tickets are secret.")
def no_query(target):
    return target.partition("?")[0]


@redact.wrong("You removed the ticket; keep its name, so that the log shows that there was one.")
def taken_out(target):
    path, _, query = target.partition("?")
    kept = [pair for pair in query.split("&") if pair and not pair.startswith("ticket=")]
    return path + ("?" + "&".join(kept) if kept else "")


@redact.wrong("parse_qs and urlencode change the rest: %20 becomes +, and empty values disappear.")
def written_anew(target):
    path, mark, query = target.partition("?")
    fields = parse_qs(query)
    fields |= {"ticket": ["***"] * len(fields["ticket"])} if "ticket" in fields else {}
    return path + mark + urlencode(fields, doseq=True, safe="*")
