from tests.wslab.display.pages import assert_same_facts
from wslab.display.markup import Document
from wslab.display.views.findings import MAX_BROKEN_FINDINGS, add_findings
from wslab.protocol.frames import CloseCode, Side
from wslab.protocol.rules.findings import Finding


def finding(ok, rule="a-rule", index=None, code=CloseCode.PROTOCOL_ERROR):
    sender = None if index is None else Side.CLIENT
    return Finding(rule, ok, "wants this", "found that", code, "RFC 6455 §9", sender, index)


def shown(*findings) -> Document:
    document = Document()
    add_findings(document, findings)
    assert_same_facts(document.text, document.html)
    return document


def test_no_findings_no_words():
    assert shown().blocks == []


def test_broken_rules_come_first_and_in_full():
    text = shown(finding(True), finding(False, "b-rule", 7)).text
    assert text.startswith("BROKEN 2 checks: 1 breaks a rule.")
    assert text.index("b-rule") < text.index("a-rule")
    [row] = [line for line in text.splitlines() if "b-rule" in line]
    assert "BROKEN rules" in text
    for fact in ("wants this", "found that", "client, frame 7", "1002", "§9"):
        assert fact in row


def test_all_passed_says_so_in_words_and_behind_a_summary():
    document = shown(finding(True), finding(True, "b-rule"))
    assert document.text.startswith("passed 2 checks: everything keeps to the rules.")
    assert "<summary>The 2 checks that passed</summary>" in document.html


def test_a_rule_that_passed_often_has_one_row():
    text = shown(*[finding(True, index=n) for n in range(1000)]).text
    assert text.count("a-rule") == 1 and "passed 1,000 times" in text


def test_many_broken_rules_are_cut_and_counted():
    text = shown(*[finding(False, index=n) for n in range(MAX_BROKEN_FINDINGS + 5)]).text
    assert text.count("a-rule") == MAX_BROKEN_FINDINGS
    assert f"The first {MAX_BROKEN_FINDINGS} are shown; 5 more are left out." in text


def test_a_fault_that_no_close_frame_answers():
    assert "none" in shown(finding(False, code=None)).text
