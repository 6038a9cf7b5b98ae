"""Exercise repair of notebook 06, events."""

from __future__ import annotations

from wslab_course.checks.exercises import Case, exercise
from wslab_course.lessons.events.samples import SAMPLES


@exercise(
    cases=[
        Case("say(“Hi”);\n", expected='say("Hi");\n'),
        Case("say(”Hi”);\n", expected='say("Hi");\n'),
        Case(
            "socket.send(‘Hi’);\n",
            expected="socket.send('Hi');\n",
            nudge="Single quotes can be curly, too: U+2018 and U+2019 become the apostrophe.",
        ),
        Case(
            "var.box = 1;\n",
            expected="var box = 1;\n",
            nudge="After var comes a space, and then any name.",
        ),
        Case(SAMPLES["opened"].broken, label='lesson.SAMPLES["opened"].broken'),
        Case(
            SAMPLES["one go"].broken,
            label="a sample that parses as it is",
            nudge="JavaScript that is already valid must stay unchanged, to the byte.",
        ),
    ],
    hints=[
        "Find the five things that JavaScript cannot read; the section on quotes lists them.",
        'str.replace replaces one text by another: source.replace("“", \'"\')',
        "Four quotes, “ ” ‘ ’, and then `var.` becomes `var ` with a space.",
    ],
    why=(
        "A word processor makes quotes curly as you type; JavaScript needs the straight ones of "
        "ASCII. A browser reads the whole script before it runs the first line, so one such "
        "character stops all of it."
    ),
)
def repair(source: str) -> str:
    """Return the JavaScript with straight quotes, and a space after var."""
    for curly, straight in (("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'")):
        source = source.replace(curly, straight)
    return source.replace("var.", "var ")


def _repair(source: str, quotes: str = "“”‘’", straight: str = "\"\"''", var: str = "var ") -> str:
    return source.translate(str.maketrans(quotes, straight)).replace("var.", var)


@repair.wrong("The quotes at the end of the strings are still curly: ” is U+201D.")
def only_the_left(source):
    return _repair(source, "“", '"')


@repair.wrong("Double quotes are straight now; JavaScript cannot read ‘ and ’ either.")
def only_the_double(source):
    return _repair(source, "“”", '""')


@repair.wrong("Every quote is now double; the single ones, ‘ and ’, must become apostrophes.")
def all_double(source):
    return _repair(source, straight='""""')


@repair.wrong(
    "Every quote is now an apostrophe. That would run, but “ and ” must become double quotes."
)
def all_single(source):
    return _repair(source, straight="''''")


@repair.wrong("The quotes are correct; `var.` is left, and JavaScript needs a name after var.")
def var_is_left(source):
    return _repair(source, var="var.")


@repair.wrong(
    "You removed var. That runs, but it makes a global variable; declare it: `var label`."
)
def var_is_gone(source):
    return _repair(source, var="")


@repair.wrong("You removed the quotes; replace them by straight ones.")
def quotes_are_gone(source):
    return source.encode("ascii", "ignore").decode().replace("var.", "var ")


@repair.wrong("Nothing has changed: replace returns a new text, so keep that result.")
def nothing_kept(source):
    source.replace("“", '"')
    return source
