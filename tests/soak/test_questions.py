"""What clients ask, and which answers they take."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
from dns.edns import EDECode, EDEOption

from soak.questions import MISSING, Question, Questions
from tests.interop.asking import query


def some(count: int, seed: int = 1) -> list[Question]:
    """Questions of one client."""
    questions = Questions("a", seed)
    return [questions.next() for _ in range(count)]


def test_again() -> None:
    """The same seed gives the same questions, of all sorts."""
    names = [each.asked.question for each in some(200)]
    assert names == [each.asked.question for each in some(200)]
    assert names != [each.asked.question for each in some(200, 2)]
    assert {each.rcode for each in some(200)} == {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}
    assert any(MISSING in str(each) for each in names)


def test_wrong() -> None:
    """An answer to something else, another RCODE, or no record where there is one is wrong."""
    question = Question(query("n1.example.org"), dns.rcode.NOERROR, True)
    answer = dns.message.make_response(question.asked)
    assert question.wrong(answer) == "no records"
    answer.answer.append(dns.rrset.from_text("n1.example.org.", 60, "IN", "A", "192.0.2.1"))
    assert question.wrong(answer) == ""
    answer.set_rcode(dns.rcode.SERVFAIL)
    assert question.wrong(answer) == "SERVFAIL"
    answer.use_edns(options=[EDEOption(EDECode.OTHER, "no answer in time"), EDEOption(EDECode.NETWORK_ERROR)])
    assert question.wrong(answer) == "SERVFAIL (no answer in time) (NETWORK_ERROR)"
    assert "another question" in question.wrong(dns.message.make_response(query("n2.example.org")))


def test_truncated() -> None:
    """With TC there need be none: that is asked for over TCP."""
    question = Question(query("x.big.example.org", "TXT"), dns.rcode.NOERROR, True)
    answer = dns.message.make_response(question.asked)
    answer.flags |= dns.flags.TC
    assert question.wrong(answer) == ""
