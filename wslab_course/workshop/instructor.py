"""The instructor's guide, notebooks/INSTRUCTOR.md: timetables and notebooks, around a text.

The text is instructor.md beside this module; what the notebooks say of themselves is put
where its two markers stand. `python3 run.py guide` writes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from wslab.errors import AuthorError
from wslab_course.workshop.guide import Guide, read_all
from wslab_course.workshop.timetable import PLANS, Part, Pause, Plan, Rest, Row, clock, rows

TEXT: Final = Path(__file__).with_name("instructor.md")
TIMETABLES: Final = "<!-- timetables -->"
NOTEBOOKS: Final = "<!-- notebooks -->"
MADE: Final = (
    "<!-- made by `python3 run.py guide` from the notebooks' metadata, "
    "wslab_course/workshop/timetable.py and wslab_course/workshop/instructor.md; change those "
    "-->\n\n"
)


def refresh(root: Path) -> bool:
    """Write notebooks/INSTRUCTOR.md under `root`; whether that changed it."""
    path = root / "notebooks" / "INSTRUCTOR.md"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    after = written(read_all(root / "notebooks"))
    if after == before:
        return False
    path.write_text(after, encoding="utf-8", newline="\n")
    return True


def written(guides: Sequence[Guide], text: str | None = None) -> str:
    """The whole guide. AuthorError when the text lacks a marker."""
    made = TEXT.read_text(encoding="utf-8") if text is None else text
    parts = {
        TIMETABLES: "\n".join(timetable(plan, guides) for plan in PLANS),
        NOTEBOOKS: "\n".join(map(section, guides)),
    }
    for marker, part in parts.items():
        if made.count(marker) != 1:
            raise AuthorError(f"{TEXT.name} needs the line {marker} once; put it where it belongs.")
        made = made.replace(marker, part.rstrip("\n"))
    return MADE + made


def timetable(plan: Plan, guides: Sequence[Guide]) -> str:
    """One plan as a Markdown table under its heading."""
    made = rows(plan, guides)
    titles = {guide.path.stem: guide.title for guide in guides}
    lines = [
        f"### {plan.title} ({clock(plan.minutes)})",
        "",
        "| from | minutes | what | how |",
        "|---|---|---|---|",
        *(_line(row, titles) for row in made),
        f"| {clock(made[-1].starts + made[-1].minutes)} | | end | |",
    ]
    return "\n".join(lines) + "\n"


def _line(row: Row, titles: dict[str, str]) -> str:
    start = f"| {clock(row.starts)} | {row.minutes} |"
    match row.item:
        case Pause(do=do):
            return f"{start} | {do} |"
        case Part(stem=stem, do=do) if stem in titles:
            split = f"Teaching {row.teaching}, exercises {row.exercises}. " * bool(row.exercises)
            return f"{start} {_link(stem, titles)} | {split}{do} |"
        case Rest(stem=stem, do=do) if stem in titles:
            return f"{start} {_link(stem, titles)} | {do} |"
    return f"{start} {row.item.stem} | Not there yet. |"


def _link(stem: str, titles: dict[str, str]) -> str:
    return f"[{stem[:2]} {titles[stem]}]({stem}.ipynb)"


def section(guide: Guide) -> str:
    """One notebook, as an instructor needs it."""
    lines = [
        f"### {guide.number} {guide.title}",
        "",
        f"[{guide.path.stem}]({guide.path.name}), {guide.minutes} minutes: "
        f"{guide.minutes_teaching} teaching, {guide.minutes_exercises} exercises. "
        f"Before it: {', '.join(stem[:2] for stem in guide.prerequisites) or 'nothing'}.",
        "",
        f"- **It asks**: {' '.join(guide.questions)}",
        f"- **Afterwards they can** {_listed(guide.objectives)}",
        f"- **They may believe**: {_listed(guide.misconceptions)}",
        f"- **When late, skip**: {_listed(guide.skip_when_late)}",
        "",
        "| they say | you say |",
        "|---|---|",
        *(
            f"| {_cell(wrong.answer)} | {_cell(wrong.say)} |"
            for wrong in guide.typical_wrong_answers
        ),
    ]
    return "\n".join(lines) + "\n"


def _listed(texts: Sequence[str]) -> str:
    return "; ".join(text.strip().rstrip(".") for text in texts) + "."


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
