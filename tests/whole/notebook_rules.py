"""The rules that every notebook keeps: one function a rule, its docstring is the rule.

For authors: ``pytest tests/whole/test_notebooks.py -k 04`` names every rule that 04 breaks,
with the cell. Each rule takes a Book and yields complaints. The budgets count
non-blank lines of code, and words of Markdown outside code and tables.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"

TOPICS = (
    "00-start 01-duplex 02-before-websocket 03-handshake 04-frames 05-messages 06-events "
    "07-actions 08-bad-network 09-security 10-you-use-one 11-tickets 12-chat"
).split()
ONE_EXERCISE_IS_ENOUGH = {"00-start", "10-you-use-one", "11-tickets", "12-chat"}

CELLS = (35, 70)
EXERCISES = (3, 6)
PARAGRAPH_WORDS = 90
STATEMENT_WORDS = 80
CODE_LINES = 8
STUB_LINES = 18
COLUMNS = 79

TAGS = {"exercise", "nbval-ignore-output", "raises-exception"}
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
README_KEYS = {"title", "minutes_teaching", "minutes_exercises", "objectives"}
CHECK = re.compile(r"lesson\.(\w+)\.check\(\w+\)")
ABSOLUTE = re.compile(r"(?<![\w/.:~-])/(?:home|root|tmp|usr|Users|var|opt|mnt|work)/|\b[A-Z]:\\\w")
UNSTABLE = {
    "a port": re.compile(r"(?:localhost|(?:\d{1,3}\.){3}\d{1,3}|\[::1?\]):\d+"),
    "an object's address": re.compile(r"\b0x[1-9a-fA-F][0-9a-fA-F]{8,}|\bat 0x[0-9a-fA-F]{6,}"),
    "an absolute path": ABSOLUTE,
    "a temporary file of the kernel": re.compile(r"ipykernel_\d+"),
    # A recorded HTTP date of another year is stable; the time of day of a run is not.
    "a time of day": re.compile(r"(?<![\w:-])\d{1,2}:\d{2}:\d{2}(?![\w:-])(?! GMT)"),
}


@dataclass
class Book:
    """One notebook, and what it must know of the others."""

    path: Path
    notebook: Any
    glossary: set[str] = field(default_factory=set)  # the terms of 00, in small letters
    bold_elsewhere: dict[str, str] = field(default_factory=dict)  # term -> notebook

    @property
    def stem(self) -> str:
        return self.path.stem

    def cells(self, kind: str) -> Iterator[tuple[int, Any]]:
        """The cells of a kind with their positions, counted from 1."""
        for number, cell in enumerate(self.notebook.cells, 1):
            if cell.cell_type == kind:
                yield number, cell


def read_books(folder: Path = NOTEBOOKS) -> list[Book]:
    """All notebooks in reading order; each knows the glossary and the others' terms."""
    books = [
        Book(path, nbformat.read(path, as_version=4)) for path in sorted(folder.glob("*.ipynb"))
    ]
    glossary = set().union(*(glossary_of(book) for book in books if book.stem.startswith("00")))
    for book in books:
        book.glossary = glossary
        for other in books[: books.index(book)]:
            book.bold_elsewhere |= dict.fromkeys(bold_terms(other), other.stem)
    return books


# --- reading a notebook ---------------------------------------------------------


def tags(cell: Any) -> list[str]:
    return cell.metadata.get("tags", [])


def prose(markdown: str) -> str:
    """The words of a Markdown cell: no code, tables, link targets or HTML tags."""
    text = re.sub(r"```.*?```", " ", markdown, flags=re.S)
    text = re.sub(r"`[^`]*`", " ", text)
    text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("|"))
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"<[^>]+>", " ", text)


def word_count(markdown: str) -> int:
    return len(re.findall(r"\w[\w'’.-]*", prose(markdown)))


def code_lines(source: str) -> int:
    return len([line for line in source.splitlines() if line.strip()])


def headings(notebook: Any) -> list[str]:
    """The text of every heading, without #s and backquotes."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            source = re.sub(r"```.*?```", "", cell.source, flags=re.S)
            found += re.findall(r"^#{1,6}\s+(.+?)\s*#*$", source, flags=re.M)
    return [heading.replace("`", "") for heading in found]


def anchor(heading: str) -> str:
    """The fragment under which JupyterLab and GitHub find a heading."""
    return heading.replace(" ", "-").lower()


def is_glossary(cell: Any) -> bool:
    return cell.cell_type == "markdown" and bool(re.match(r"#+ Glossary\b", cell.source))


def glossary_of(book: Book) -> set[str]:
    """The bold terms of the cells that begin with a heading "Glossary"."""
    cells = filter(is_glossary, book.notebook.cells)
    return {term.lower() for cell in cells for term in re.findall(r"\*\*(.+?)\*\*", cell.source)}


def bold_terms(book: Book) -> list[str]:
    """Every bold term in reading order, in small letters; the glossary does not count."""
    found: list[str] = []
    for _, cell in book.cells("markdown"):
        if not is_glossary(cell):
            text = re.sub(r"```.*?```|`[^`]*`", " ", cell.source, flags=re.S)
            found += [term.lower() for term in re.findall(r"(?:\*\*|__)(\w.*?)(?:\*\*|__)", text)]
    return found


def parsed(source: str) -> ast.Module | None:
    """The cell as Python; None when it is a magic or does not parse on purpose."""
    try:
        return compile(source, "cell", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError:
        return None


def output_texts(cell: Any) -> Iterator[str]:
    for output in cell.outputs:
        if output.output_type == "stream":
            yield output.text
        elif output.output_type == "error":
            yield output.evalue
        else:
            yield from map(str, output.data.values())


def output_texts_plain(cell: Any) -> Iterator[str]:
    """The text form of what a cell showed or printed."""
    for output in cell.outputs:
        if output.output_type == "stream":
            yield output.text
        elif output.output_type != "error":
            yield output.data.get("text/plain", "")


# --- the rules ------------------------------------------------------------------

Rule = Callable[[Book], Iterator[str]]
RULES: list[Rule] = []


def rule(function: Rule) -> Rule:
    RULES.append(function)
    return function


@rule
def the_format_is_4_5_with_cell_ids(book: Book) -> Iterator[str]:
    """nbformat 4.5, valid, every cell with its own id."""
    if (book.notebook.nbformat, book.notebook.nbformat_minor) != (4, 5):
        yield f"format {book.notebook.nbformat}.{book.notebook.nbformat_minor}, not 4.5"
    ids = [cell.get("id") for cell in book.notebook.cells]
    if None in ids or len(set(ids)) < len(ids):
        yield "a cell id is missing or comes twice"
        return
    try:
        nbformat.validate(book.notebook)
    except nbformat.ValidationError as error:
        yield f"not valid: {error.message}"


@rule
def name_title_and_topic_agree(book: Book) -> Iterator[str]:
    """The file is named NN-topic after the course's table; its one H1 and title are the topic."""
    if book.stem not in TOPICS:
        yield f"{book.stem} is no topic of the course"
    first = book.notebook.cells[0].source if book.notebook.cells else ""
    match = re.match(r"# (.+)", first)
    title = match[1].strip() if match else ""
    if title.lower().replace(" ", "-") != book.stem[3:]:
        yield f"the first cell must begin with {book.stem[3:]!r} as its H1, not {title!r}"
    if book.notebook.metadata.get("wslab", {}).get("title") != title:
        yield f"the title in the metadata is not the H1 {title!r}"
    if sum(len(re.findall(r"^# ", cell.source, re.M)) for _, cell in book.cells("markdown")) != 1:
        yield "there must be exactly one H1"


@rule
def metadata_is_plain(book: Book) -> Iterator[str]:
    """Metadata: the python3 kernelspec, language_info.name, the wslab block; cells: known tags."""
    metadata = book.notebook.metadata
    if set(metadata) != {"kernelspec", "language_info", "wslab"}:
        yield f"the metadata's keys are {sorted(metadata)}"
    if metadata.get("kernelspec") != KERNEL or metadata.get("language_info") != {"name": "python"}:
        yield "kernelspec or language_info is not the plain one"
    keys = set(metadata.get("wslab", {}))
    if keys != README_KEYS:
        yield f"the wslab block lacks or adds {sorted(keys ^ README_KEYS)}"
    for number, cell in enumerate(book.notebook.cells, 1):
        if set(tags(cell)) - TAGS or set(cell.metadata) - {"tags", "jupyter"}:
            yield f"cell {number} has metadata {dict(cell.metadata)}; tags are {sorted(TAGS)}"


@rule
def every_cell_was_executed_in_order(book: Book) -> Iterator[str]:
    """Executed from top to bottom: counts 1, 2, 3 …, for nbval never compares a null one."""
    counts = [cell.execution_count for _, cell in book.cells("code")]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts are {counts}; run `python3 run.py notebooks {book.stem}`"
    for number, cell in enumerate(book.notebook.cells, 1):
        if not cell.source.strip():
            yield f"cell {number} is empty"


@rule
def errors_are_on_purpose(book: Book) -> Iterator[str]:
    """A stored error only where the cell is tagged raises-exception, and there always."""
    for number, cell in book.cells("code"):
        failed = any(output.output_type == "error" for output in cell.outputs)
        if failed != ("raises-exception" in tags(cell)):
            yield f"cell {number}: {'stores' if failed else 'is tagged but stores no'} error"


@rule
def markdown_is_short(book: Book) -> Iterator[str]:
    """A Markdown cell has at most 90 words outside code and tables (the glossary may be long)."""
    for number, cell in book.cells("markdown"):
        words = word_count(cell.source)
        if words > PARAGRAPH_WORDS and not is_glossary(cell):
            yield f"cell {number} has {words} words; at most {PARAGRAPH_WORDS}"


@rule
def code_is_short(book: Book) -> Iterator[str]:
    """A code cell has at most 8 lines, an exercise 18, and no line passes column 79."""
    for number, cell in book.cells("code"):
        limit = STUB_LINES if "exercise" in tags(cell) else CODE_LINES
        if code_lines(cell.source) > limit:
            yield f"cell {number} has {code_lines(cell.source)} lines; at most {limit}"
        for line in cell.source.splitlines():
            if len(line) > COLUMNS:
                yield f"cell {number}: {len(line)} columns; at most {COLUMNS}: {line[:40]}…"


@rule
def code_stands_between_words(book: Book) -> Iterator[str]:
    """At most two code cells in a row."""
    run = 0
    for number, cell in enumerate(book.notebook.cells, 1):
        run = run + 1 if cell.cell_type == "code" else 0
        if run == 3:
            yield f"cell {number} is the third code cell in a row"


@rule
def the_length_is_right(book: Book) -> Iterator[str]:
    """35 to 70 cells; 3 to 6 exercises (one is enough in 00, 10, 11 and 12)."""
    count = len(book.notebook.cells)
    if not CELLS[0] <= count <= CELLS[1]:
        yield f"{count} cells; between {CELLS[0]} and {CELLS[1]}"
    exercises = sum("exercise" in tags(cell) for _, cell in book.cells("code"))
    least = 1 if book.stem in ONE_EXERCISE_IS_ENOUGH else EXERCISES[0]
    if not least <= exercises <= EXERCISES[1]:
        yield f"{exercises} exercises; between {least} and {EXERCISES[1]}"


@rule
def unstable_outputs_are_rare_and_asserted(book: Book) -> Iterator[str]:
    """At most 1 code cell in 10 is nbval-ignore-output; the next code cell asserts what holds."""
    code = list(book.cells("code"))
    ignored = [at for at, (_, cell) in enumerate(code) if "nbval-ignore-output" in tags(cell)]
    if len(ignored) * 10 > len(code):
        yield f"{len(ignored)} of {len(code)} code cells are not compared; at most 1 in 10"
    for at in ignored:
        tree = parsed(code[at + 1][1].source) if at + 1 < len(code) else None
        if tree is None or not any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
            yield f"cell {code[at][0]} is not compared, and no assert follows it"
    for number, cell in code:
        if re.search(r"#\s*(NBVAL_|PYTEST_VALIDATE)", cell.source):
            yield f"cell {number} has an nbval comment; use the tag nbval-ignore-output"


@rule
def outputs_are_stable(book: Book) -> Iterator[str]:
    """No port, object address, absolute path or time of day in an output."""
    for number, cell in book.cells("code"):
        for text in output_texts(cell):
            for what, pattern in UNSTABLE.items():
                if found := pattern.search(text):
                    yield f"cell {number} shows {what}: {found[0]!r}"


@rule
def outputs_are_text_and_html(book: Book) -> Iterator[str]:
    """Outputs are text/plain, text/html and standard output; nothing on stderr."""
    for number, cell in book.cells("code"):
        for output in cell.outputs:
            if output.output_type == "stream" and output.name != "stdout":
                yield f"cell {number} wrote to {output.name}: {output.text[:60]!r}"
            kinds = set(output.get("data", {})) - {"text/plain", "text/html"}
            if kinds:
                yield f"cell {number} stores {sorted(kinds)}"


@rule
def the_voice_is_plain(book: Book) -> Iterator[str]:
    """Never "simply", "just" or "obviously"."""
    for number, cell in book.cells("markdown"):
        for word in re.findall(r"\b(?:simply|just|obviously)\b", prose(cell.source), re.I):
            yield f"cell {number} says {word!r}"


@rule
def no_sleep_synchronises(book: Book) -> Iterator[str]:
    """No sleep outside a function: wait for what you expect, with a time limit.

    Inside a function it may play a slow server or a slow reader.
    """
    for number, cell in book.cells("code"):
        inside: set[ast.AST] = set()
        tree = parsed(cell.source)
        nodes = list(ast.walk(tree)) if tree else []
        for node in nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                inside |= set(ast.walk(node))
        for node in nodes:
            if isinstance(node, ast.Call) and node not in inside:
                if ast.unparse(node.func).split(".")[-1] == "sleep":
                    yield f"cell {number} sleeps: {ast.unparse(node)}"


@rule
def exercises_have_two_cells(book: Book) -> Iterator[str]:
    """A cell "### Exercise: name" of at most 80 words, then a stub ending in lesson.x.check(x)."""
    before = None
    for number, cell in enumerate(book.notebook.cells, 1):
        if cell.cell_type == "code":
            last = cell.source.rstrip().splitlines()[-1:] or [""]
            checks = bool(CHECK.fullmatch(last[0]))
            if "exercise" in tags(cell):
                if not checks:
                    yield f"cell {number} must end with lesson.name.check(name), not {last[0]!r}"
                if not (before and re.match(r"### Exercise: \S", before.source)):
                    yield f"cell {number} has no '### Exercise: name' cell right before it"
                elif word_count(before.source) > STATEMENT_WORDS:
                    yield f"cell {number - 1} states an exercise in more than 80 words"
            elif ".check(" in cell.source and "lesson." in cell.source:
                yield f"cell {number} checks an exercise and is not tagged 'exercise'"
        before = cell if cell.cell_type == "markdown" else None


@rule
def questions_come_back(book: Book) -> Iterator[str]:
    """The prediction questions are asked before the sections and answered after them."""
    cells = book.notebook.cells
    asked = [at for at, cell in enumerate(cells) if "lesson.quiz.ask(" in cell.source]
    answered = [at for at, cell in enumerate(cells) if "lesson.quiz.answer" in cell.source]
    if not asked or asked[0] > len(cells) / 3:
        yield "lesson.quiz.ask(…) must stand in the first third"
    if not answered or answered[-1] < len(cells) / 2:
        yield "lesson.quiz.answer(…) must come again in the second half"


@rule
def links_resolve(book: Book) -> Iterator[str]:
    """Relative links name a file of the project and, after #, a heading of that notebook."""
    for number, cell in book.cells("markdown"):
        text = re.sub(r"```.*?```|`[^`]*`", " ", cell.source, flags=re.S)
        targets = re.findall(r"\]\(([^)\s]+)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
        for target in targets:
            if re.match(r"https?://|mailto:", target):
                continue
            name, _, fragment = target.partition("#")
            path = (book.path.parent / name).resolve() if name else book.path
            if not name.startswith("/") and name and not path.exists():
                yield f"cell {number} links to {name}, which does not exist"
            elif name.startswith("/") or book.path.parents[1].resolve() not in path.parents:
                yield f"cell {number} links out of the project: {target}"
            elif fragment and path.suffix == ".ipynb":
                other = book.notebook if not name else nbformat.read(path, as_version=4)
                if fragment.lower() not in map(anchor, headings(other)):
                    yield f"cell {number} links to {target}; there is no such heading"


@rule
def terms_are_defined_once(book: Book) -> Iterator[str]:
    """Bold marks a term where it is defined: once in the course, and it is in 00's glossary."""
    seen: set[str] = set()
    for term in bold_terms(book):
        if term in seen:
            yield f"{term!r} is bold twice"
        if term in book.bold_elsewhere:
            yield f"{term!r} is bold in {book.bold_elsewhere[term]} already"
        if term not in book.glossary:
            yield f"{term!r} is bold and not in the glossary of 00"
        seen.add(term)


@rule
def nothing_points_at_one_machine(book: Book) -> Iterator[str]:
    """No absolute path, and no path that climbs out of notebooks/, in code or words."""
    for number, cell in enumerate(book.notebook.cells, 1):
        if found := ABSOLUTE.search(cell.source) or re.search(r"\.\./shared|file://", cell.source):
            yield f"cell {number} names a path of one machine: {found[0]!r}"
        if cell.cell_type == "code" and "../" in cell.source:
            yield f"cell {number} reads outside notebooks/"


def complaints(book: Book) -> list[str]:
    """Every rule that the notebook breaks, as "rule: what"."""
    return [f"{check.__name__}: {text}" for check in RULES for text in check(book)]
