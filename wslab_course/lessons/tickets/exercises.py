"""The tickets, the exercise and the quiz of notebook 11: eight incidents, diagnosed from bytes.

A ticket is a quiz of three questions, named after its number: who, where and the fix. It
remembers whether all three were right at once, and `score` counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import EllipsisType

from wslab_course.checks.exercises import Case, exercise
from wslab_course.checks.quiz import Option, Question, Quiz
from wslab_course.checks.verdict import Card, Verdicts

HERE = "11-tickets"
WANTED = 6  # diagnosed tickets


class Ticket(Quiz):
    """Three questions about one incident; `diagnosed` once all were answered rightly together."""

    diagnosed = False

    def ask(self, *names: str) -> Card:
        """The questions; what is read off a recording stands on one line."""
        asked = [self._question(name) for name in names] or list(self)
        rows = tuple((question.name, _asked(question)) for question in asked)
        step = "Answer in the next cell. A wrong suspicion gets a reply, and another look is free."
        return Card("Your diagnosis", rows, (step,), prose=True)

    def answers(self, choices: Mapping[str, str | EllipsisType]) -> Verdicts:
        """Judge the diagnosis; a header, a number and a letter are given as text."""
        verdicts = super().answers(choices)
        right = {verdict.name for verdict in verdicts if verdict.correct}
        self.diagnosed = right == {question.name for question in self}
        return verdicts


def _asked(question: Question) -> str:
    if question.name.startswith("where"):
        texts = [option.text for option in question.options.values()]
        return f"{question.text}\nOne of: {', '.join(texts)}"
    options = [f"{key}) {option.text}" for key, option in question.options.items()]
    return "\n".join([question.text, *options])


WHO = {
    "client": "its program, or the library it uses",
    "server": "its program, or the library it uses",
    "between": "something that stands between the two",
    "nobody": "each does what it was told, and an agreement is missing",
}


def who(number: int, text: str, answer: str, at: str, **replies: str) -> Question:
    """The question who is at fault; `replies` has one for each of WHO."""
    options = {key: Option(WHO[key], replies[key]) for key in WHO}
    return Question(f"who-{number}", text, options, answer, "who complains is at fault", at)


def choice(
    name: str, text: str, answer: str, misconception: str, at: str, **options: tuple[str, str]
) -> Question:
    """A question whose options are given as (text, reply); `_7` stands for the key 7."""
    given = {key.lstrip("_").replace("_", "-"): Option(*pair) for key, pair in options.items()}
    return Question(name, text, given, answer, misconception, at)


# --- ticket 1 -----------------------------------------------------------------------------

ticket_1 = Ticket(
    who(
        1,
        "Who has to change something?",
        "between",
        "03-handshake: Your own handshake",
        client="Beside the client, the request is whole: Upgrade and Connection are there.",
        server="A server that upgrades a request without Upgrade would break a rule itself; 426 is "
        "the right answer to the bytes it got.",
        between="Yes. The request is whole beside the client, and lacks two headers beside the "
        "server. Via says who had it in between.",
        nobody="An agreement is there, RFC 6455, and client and server keep it. Compare the two "
        "requests: somebody changed them.",
    ),
    choice(
        "where-1",
        "Which header does the server miss?",
        "upgrade",
        "a refusal blames the client",
        "03-handshake: Break one header at a time",
        upgrade=(
            "Upgrade",
            "Yes, and Connection, which belongs to it. Without them it is plain HTTP.",
        ),
        sec_websocket_key=("Sec-WebSocket-Key", "It arrived, byte for byte: nobody removed it."),
        via=("Via", "That one is too many, not missing: each gateway may add itself."),
        host=("Host", "It arrived, and it names the server."),
    ),
    choice(
        "fix-1",
        "What do you ask for?",
        "c",
        "the server must accept what it gets",
        "03-handshake: What a page can choose",
        a=("The client sends Upgrade twice.", "The gateway removes two as it removes one."),
        b=(
            "The server accepts requests without Upgrade.",
            "Then plain HTTP would get a 101. And the gateway would still speak HTTP afterwards.",
        ),
        c=(
            "The gateway hands upgrades on for this path.",
            "Yes. Upgrade is for one hop, so a gateway must be told to ask for it again.",
        ),
    ),
)

# --- ticket 2 -----------------------------------------------------------------------------

ticket_2 = Ticket(
    who(
        2,
        "Who broke a rule?",
        "client",
        "05-messages: A cut inside a character",
        client="Yes. It says TEXT, and what it sends is not UTF-8.",
        server="It complains, with 1007, and rightly: the code says that the data does not fit its "
        "type. Who sent that data?",
        between="Frames are whole, their lengths are right, and nothing shows a hand in between. "
        "Look at the last byte before the complaint.",
        nobody="RFC 6455 §8.1 is the agreement: a text message is UTF-8. One of the two did not "
        "keep it.",
    ),
    choice(
        "where-2",
        "Which frame is the first that breaks a rule?",
        "4",
        "the frame after which it ends is at fault",
        "05-messages: A cut inside a character",
        _0=("0", "Every byte of it is below 80: ASCII, and so UTF-8."),
        _2=("2", "A name is cut in two, and a name may be. Each character is whole."),
        _4=("4", "Yes. It ends in c3, the first byte of two. The other one is not in it."),
        _5=("5", "This frame complains: 03 ef is 1007. Look at what it complains of."),
    ),
    choice(
        "fix-2",
        "What do you ask for?",
        "b",
        "message = frame = packet",
        "05-messages: One message, four frames",
        a=(
            "The server joins this text message with the next one.",
            "A message stands alone: no server may guess which two belong together.",
        ),
        b=(
            "The client decodes what it reads, and sends text that ends between characters.",
            "Yes. Or it sends the pieces as frames of one message, which may break anywhere.",
        ),
        c=(
            "The client reads 13 bytes at a time.",
            "Today that helps. Another name, and the cut falls inside a character again.",
        ),
    ),
)

# --- ticket 3 -----------------------------------------------------------------------------

ticket_3 = Ticket(
    who(
        3,
        "Who ended it?",
        "between",
        "08-bad-network: Nobody decides",
        client="The server's recording says so. But the client's own recording has it the other "
        "way round: there, the reset came from the server's side.",
        server="The client's recording says so. But the server's own recording has it the other "
        "way round: there, the reset came from the client's side.",
        between="Yes. Each recording has the reset come from the other side, so neither end made "
        "it. What remains is what stands between.",
        nobody="Somebody sent a reset, twice, at the same moment. It was neither of the two ends.",
    ),
    choice(
        "where-3",
        "For how many seconds did nobody speak before the end?",
        "60",
        "an idle connection lives for ever",
        "08-bad-network: Nobody decides",
        _12=("12", "That was the first pause, and the talk went on after it."),
        _33=("33", "There was a pause of 33 s, too, and it did no harm."),
        _60=(
            "60",
            "Yes, in both recordings. A round number is a setting somewhere.",
        ),
        _108=(
            "108",
            "That is how old the connection was. One recording cannot exclude that it was too old, "
            "but who would set 108 s? The silence is a round number.",
        ),
    ),
    choice(
        "fix-3",
        "What do you ask for?",
        "a",
        "1006 is sent by somebody",
        "07-actions: Two codes that nobody sends",
        a=(
            "One end sends a Ping every 20 seconds.",
            "Yes: a heartbeat keeps the box from forgetting, as in 08.",
        ),
        b=(
            "The box sends 1001 in place of 1006.",
            "It sent no 1006, nor any frame: it does not speak WebSocket. Both libraries made 1006 "
            "up, as no Close frame came.",
        ),
        c=(
            "Both ends set a longer close timeout.",
            "Such a timeout waits for the answer to a Close frame. Nobody sent one.",
        ),
    ),
)

# --- ticket 4 -----------------------------------------------------------------------------

ticket_4 = Ticket(
    who(
        4,
        "Who decided to end this connection?",
        "server",
        "07-actions: Across a hop",
        client="Its Close frame comes second, in both recordings: it answers.",
        server="Yes. It sent Close first, with a code and a reason, as it always does.",
        between="The proxy closed towards the client since the other connection had ended. "
        "Look there for who began.",
        nobody="A Close frame is a decision, and there is one in each recording. Which came first?",
    ),
    choice(
        "where-4",
        "Which code did the server send?",
        "1009",
        "close codes survive every hop",
        "07-actions: Codes that a server chooses",
        _1000=("1000", "In hex that is 03 e8. Read the two bytes after 88 33 again."),
        _1005=("1005", "Nobody sends 1005: it stands for a Close frame without a code."),
        _1006=("1006", "Nobody sends 1006: it stands for no Close frame. Here there are four."),
        _1009=("1009", "Yes: 03 f1, too big. And the reason says by how much."),
    ),
    choice(
        "fix-4",
        "What do you ask for?",
        "b",
        "close codes survive every hop",
        "07-actions: Across a hop",
        a=(
            "The client uploads again when it sees 1005.",
            "The picture would be as big as before, and so would be the answer.",
        ),
        b=(
            "Both agree on a size, and the server tells of an error in a message before it closes.",
            "Yes. A message passes the hop; the code and the reason of a Close frame did not.",
        ),
        c=(
            "The proxy gets a longer timeout.",
            "Nothing here waited for long. The connection ended because of one message's size.",
        ),
    ),
)

# --- ticket 5 -----------------------------------------------------------------------------

ticket_5 = Ticket(
    who(
        5,
        "Who is at fault?",
        "server",
        "05-messages: Compressed, and undone by hand",
        client="Its messages unpack to what was meant, all three, and the rules mind nothing. To "
        "mark a block as the last is allowed (RFC 7692 §7.2.3.4).",
        server="Yes. Its library takes the mark of the last block for the end of all messages, and "
        "unpacks nothing after it: a bug of websockets 17.4.",
        between="An empty message that is packed rightly, 00, comes from somebody who packs. "
        "Nothing between the two does.",
        nobody="The agreement is there: RFC 7692 says what the mark means. One of the two reads "
        "it in another way.",
    ),
    choice(
        "where-5",
        "Which frame is the first that is not what it should be?",
        "3",
        "who breaks no rule is right",
        "05-messages: Compressed, and undone by hand",
        _0=("0", "f3 in place of f2 marks its block as the last one. That is legal."),
        _1=("1", "It says Hello, which is right. It is the last right answer."),
        _2=("2", "It unpacks to “Are you there?”, as you saw. It is packed as frame 0 is."),
        _3=("3", "Yes: an answer to fourteen characters, and it has none."),
    ),
    choice(
        "fix-5",
        "What do you ask for until the bug is repaired?",
        "a",
        "an empty message is a lost message",
        "05-messages: Compressed, and undone by hand",
        a=(
            "The server agrees to no compression.",
            "Yes. No packing, no bug. (It also goes with client_no_context_takeover, as the "
            "library then begins anew for each message.)",
        ),
        b=(
            "The client sends each message twice.",
            "Only the first message after the handshake is unpacked. All others are empty.",
        ),
        c=(
            "The client clears RSV1.",
            "Then the packed bytes count as text, and the first that is not UTF-8 ends it: 1007.",
        ),
    ),
)

# --- ticket 6 -----------------------------------------------------------------------------

ticket_6 = Ticket(
    who(
        6,
        "Who broke a rule first?",
        "client",
        "03-handshake: Where HTTP ends",
        client="Yes. Its Ping left before it had seen a 101, in the same breath as the request.",
        server="It is wrong, too: a Pong before its 101. But what does it answer? Go back to the "
        "bytes that came before.",
        between="8a 06 alive? answers a Ping with alive? in it. Whose is that Ping?",
        nobody="RFC 6455 §4.1 is the agreement: after its request, a client waits for the answer.",
    ),
    choice(
        "where-6",
        "With which byte, in hex, does the trouble begin?",
        "89",
        "the first odd byte is the first fault",
        "04-frames: The first two bytes",
        _89=("89", "Yes: FIN and PING, sent while the server still had to answer."),
        _8a=("8a", "That is the Pong, an answer. The Ping came before it."),
        _47=("47", "The G of GET: the request begins as it should."),
        _48=("48", "The H of HTTP/1.1 101: a right answer, six characters and two bytes too late."),
    ),
    choice(
        "fix-6",
        "What do you ask for?",
        "c",
        "a client that was accepted keeps the rules",
        "03-handshake: Break one header at a time",
        a=(
            "The client skips what comes before HTTP.",
            "Then anybody could put words in front of an answer. A client fails the connection, as "
            "this one does.",
        ),
        b=(
            "The server goes back to its old library.",
            "That one answers the same bytes with its 101 first, as was "
            "measured. It forgave the fault, which was there all the time.",
        ),
        c=(
            "The client sends nothing until it has read the 101.",
            "Yes, and tell the server's makers as well: a Pong has no place before the 101.",
        ),
    ),
)

# --- ticket 7 -----------------------------------------------------------------------------

ticket_7 = Ticket(
    who(
        7,
        "Whose program do you look at first?",
        "server",
        "03-handshake: A 101 and nobody home",
        client="It asked rightly, and got a 101. It never had a chance to do anything else.",
        server="Yes: is it running at all? Behind this proxy nobody listened: not one frame came.",
        between="It hung up because it had found nobody to talk to. It said 101 too early, but a "
        "new proxy would not bring the feed back.",
        nobody="An agreement is not what is missing here. What is, when nothing follows a 101?",
    ),
    choice(
        "where-7",
        "Which header tells who sent this 101?",
        "server",
        "101 means my server is up",
        "03-handshake: A 101 and nobody home",
        sec_websocket_accept=(
            "Sec-WebSocket-Accept",
            "Everybody who reads the key can compute it. It proves an answer, and names nobody.",
        ),
        server=("Server", "Yes: TornadoServer is the proxy's. The feed would have said wslab."),
        upgrade=("Upgrade", "It says the same in every 101."),
        set_cookie=("Set-Cookie", "Its value is hidden here, and any server may set one."),
    ),
    choice(
        "fix-7",
        "How do you find out earlier the next time?",
        "b",
        "101 means my server is up",
        "03-handshake: A 101 and nobody home",
        a=("An alarm when the status is not 101.", "The status was 101, and nobody was home."),
        b=(
            "A check that waits for the first message, with a time limit.",
            "Yes. Only the program itself can send a message that makes sense.",
        ),
        c=(
            "A log of every 1006 that is received.",
            "No 1006 is received, ever. And it would say that it ended, not why.",
        ),
    ),
)

# --- ticket 8 -----------------------------------------------------------------------------

ticket_8 = Ticket(
    who(
        8,
        "Who broke a rule?",
        "nobody",
        "08-bad-network: Lost or doubled",
        client="It was told to send again what was not answered. From where it stands, the order "
        "and its answer look lost alike.",
        server="It got two orders on two connections, and accepted both. Nothing in them says that "
        "they are one.",
        between="A line was cut, and that happens. It explains why an answer was lost, and not why "
        "there are four pizzas.",
        nobody="Yes. Each connection keeps every rule. What lacks is a way to say: this is the "
        "same order.",
    ),
    choice(
        "where-8",
        "Which frame of the first recording did the customer's program never get?",
        "1",
        "what was sent has arrived",
        "08-bad-network: Lost or doubled",
        _0=("0", "The order is in the server's recording: it arrived, and was answered."),
        _1=("1", "Yes: accepted, number 1. It left the server, and the line was cut."),
        _2=("2", "There is no such frame in the first recording. It ends with a reset."),
    ),
    choice(
        "fix-8",
        "What do you ask for?",
        "a",
        "it reconnects by itself and nothing is lost",
        "08-bad-network: Lost or doubled",
        a=(
            "The client gives each order an id, and the server knows those it has accepted.",
            "Yes. Sent again, it has the same id, and gets the old answer. 08 does the same.",
        ),
        b=(
            "The client never sends anything again.",
            "Then a lost order stays lost. The program cannot tell which of the two was.",
        ),
        c=(
            "The client waits longer for the answer.",
            "No wait brings it back: its connection was gone.",
        ),
    ),
)

TICKETS = (ticket_1, ticket_2, ticket_3, ticket_4, ticket_5, ticket_6, ticket_7, ticket_8)


def score() -> Card:
    """How many tickets are diagnosed, and which wait."""
    open_ones = [str(n) for n, ticket in enumerate(TICKETS, 1) if not ticket.diagnosed]
    count = len(TICKETS) - len(open_ones)
    done = count >= WANTED
    if not open_ones:
        said = "All of them. Who reads bytes needs no luck."
    elif done:
        said = f"That is enough, and these are left if you like: {', '.join(open_ones)}."
    else:
        said = f"{WANTED} are wanted. These wait for you: {', '.join(open_ones)}."
    title = f"{count} of {len(TICKETS)} tickets diagnosed"
    return Card(title, sentences=(said,), tone="correct" if done else "")


# --- triage -------------------------------------------------------------------------------

_C, _S = "client", "server"


@exercise(
    cases=[
        Case(None, [], expected="door", nudge="Without a status, nobody answered the request."),
        Case(426, [], expected="door", nudge="Any status but 101 ends it at the door."),
        Case(200, [], expected="door", nudge="200 is a page, and no upgrade."),
        Case(101, [], expected="cut", nudge="It was open, and nobody said goodbye."),
        Case(101, [(_S, 1007), (_C, 1007)], expected="server complains"),
        Case(101, [(_C, 1009), (_S, 1009)], expected="client complains"),
        Case(101, [(_C, 1002)], expected="client complains"),
        Case(101, [(_S, 1011)], expected="server complains"),
        Case(101, [(_C, 1000), (_S, 1000)], expected="closed"),
        Case(101, [(_S, 1001), (_C, 1001)], expected="closed"),
        Case(
            101,
            [(_S, None), (_C, None)],
            expected="closed",
            nudge="A Close frame without a code is a Close frame.",
        ),
        Case(101, [(_S, 1000), (_C, 1002)], expected="closed", nudge="The first Close decides."),
        Case(101, [(_S, 4001), (_C, 4001)], expected="closed", nudge="4001 is not in the list."),
    ],
    hints=[
        "Three questions in this order: was it ever open? Did anybody say goodbye? What did the "
        "first one say?",
        "status != 101 covers None as well. An empty list is false. closes[0] is a pair.",
        "sender, code = closes[0], and then: if code in (1002, 1003, …): return f'{sender} "
        "complains'. What is left is 'closed'.",
    ],
    why=(
        "It tells where to look, not who is at fault. Behind the door is the handshake; a cut "
        "is seen best from two places; who complains has read something that you should read, "
        "too; and when all closed well, the messages are left."
    ),
)
def triage(status: int | None, closes: list) -> str:
    """Say where to look first in a recording that went wrong."""
    if status != 101:
        return "door"
    if not closes:
        return "cut"
    sender, code = closes[0]
    if code in (1002, 1003, 1007, 1008, 1009, 1010, 1011):
        return f"{sender} complains"
    return "closed"


def _triage(status, closes, first=0, grumbles=lambda code: 1002 <= (code or 0) <= 1011):
    if status != 101:
        return "door"
    if not closes:
        return "cut"
    sender, code = closes[first]
    return f"{sender} complains" if grumbles(code) else "closed"


@triage.wrong("You take the answer to a Close frame for the complaint; the first one decides.")
def the_last_close(status, closes):
    return _triage(status, closes, first=-1)


@triage.wrong("A Close frame without a code is a goodbye as well, and not a cut.")
def no_code_is_a_cut(status, closes):
    return "cut" if status == 101 and closes[:1] == [(_S, None)] else _triage(status, closes)


@triage.wrong("Not every code but 1000 complains: 1001 and your own codes are goodbyes.")
def all_but_1000(status, closes):
    return _triage(status, closes, grumbles=lambda code: code not in (1000, None))


@triage.wrong("200 is a good status for a page. For an upgrade, only 101 opens.")
def ok_is_open(status, closes):
    return _triage(101 if status == 200 else status, closes)


@triage.wrong("Who never got a status was never open: None stays at the door.")
def no_status_is_a_cut(status, closes):
    return "cut" if status is None else _triage(status, closes)


@triage.wrong("You name the one who is complained of; the result names who complains.")
def the_other_one(status, closes):
    swapped = [(_C if sender == _S else _S, code) for sender, code in closes]
    return _triage(status, swapped)


# --- the questions ------------------------------------------------------------------------

quiz = Quiz(
    Question(
        "what-101-says",
        "The log of a client shows 101 Switching Protocols. What do you know?",
        {
            "a": Option(
                "That the server's program is up.",
                "Ticket 7 had a right 101, and no program behind it.",
            ),
            "b": Option(
                "That whoever read the request speaks WebSocket.",
                "Yes. It may be a proxy, which answers before it has looked for the server.",
            ),
            "c": Option(
                "That the connection works in both directions.",
                "One request and one answer have passed, and not one frame.",
            ),
        },
        answer="b",
        misconception="101 means my server is up",
        refuted_in=f"{HERE}: Ticket 7: open, and nothing comes",
    ),
    Question(
        "code-behind-a-proxy",
        "A server closes with 1009 and a reason. What does a client behind a proxy see?",
        {
            "a": Option(
                "1009 and the reason.",
                "In ticket 4 both were in the server's recording, and neither in the client's.",
            ),
            "b": Option(
                "What the proxy says at the end of its own connection.",
                "Yes. Here it was a Close frame without a code.",
            ),
            "c": Option(
                "1006, since a proxy breaks the connection.",
                "It may happen. In ticket 4 the end was clean: a Close frame, and its answer.",
            ),
        },
        answer="b",
        misconception="close codes survive every hop",
        refuted_in=f"{HERE}: Ticket 4: the picture",
    ),
    Question(
        "two-logs-of-1006",
        "The client's log says 1006, the server's says 1006. Who sent it to whom?",
        {
            "a": Option(
                "The client to the server.",
                "Look at the client's frames in ticket 3: three texts, and no Close.",
            ),
            "b": Option(
                "The server to the client.",
                "Look at the server's frames in ticket 3: three texts, and no Close.",
            ),
            "c": Option(
                "Nobody. Each library made it up.",
                "Yes. It means: no Close frame came. Why, it does not say.",
            ),
            "d": Option(
                "A box between them, to both.",
                "The box in ticket 3 reset two TCP connections. It sent no frame; it knows none.",
            ),
        },
        answer="c",
        misconception="1006 is sent by somebody",
        refuted_in=f"{HERE}: Ticket 3: gone at lunch",
    ),
    Question(
        "every-rule-kept",
        "All frames of a recording keep every rule. Can it show you a bug?",
        {
            "a": Option(
                "No. Then the network is to blame.",
                "In ticket 5 the network did its work: the bytes are there, and they are wrong.",
            ),
            "b": Option(
                "Yes: what is said can be wrong, or said twice.",
                "Yes. A rule looks at the form of a frame, not at what it should have said.",
            ),
            "c": Option(
                "Only if it is longer.",
                "Eight frames were enough in ticket 5, and every one of them is legal.",
            ),
        },
        answer="b",
        misconception="who breaks no rule is right",
        refuted_in=f"{HERE}: Ticket 5: empty answers",
    ),
    Question(
        "works-with-the-old-one",
        "A client has worked with one server for years, and fails with a new one. Who is wrong?",
        {
            "a": Option(
                "The new server.",
                "In ticket 6 it is too quick to answer, and what it answers should not be there.",
            ),
            "b": Option(
                "That cannot be said before the bytes are read.",
                "Yes. Perhaps the old server forgave, as the meters' old one did.",
            ),
            "c": Option(
                "The client.",
                "It was in ticket 6. In ticket 5 it was the server, with a client as old.",
                f"{HERE}: Ticket 5: empty answers",
            ),
        },
        answer="b",
        misconception="a client that was accepted keeps the rules",
        refuted_in=f"{HERE}: Ticket 6: no valid answer",
    ),
)
