"""Connections that are lost and made again, on time that is moved by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
from hand_moved_time import HandMovedTime, settled
from hypothesis import given
from hypothesis import strategies as st

from rustybt.errors import InvalidArgument, RequestRefused, RetriesExhausted, VendorUnavailable
from rustybt.net import LinkRules, LinkState, Message, Reconnecting

LOST = "the line was cut"


class Line:
    """A connection in memory, whose other side is the test."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Message | Exception] = asyncio.Queue()
        self.pings = 0
        self.answers_pings = True
        self.is_open = True

    def say(self, *messages: Message) -> None:
        for message in messages:
            self.queue.put_nowait(message)

    def cut(self) -> None:
        self.queue.put_nowait(VendorUnavailable(vendor="acme", request="a message", reason=LOST))

    async def receive(self) -> Message:
        message = await self.queue.get()
        if isinstance(message, Exception):
            raise message
        return message

    async def ping(self) -> None:
        self.pings += 1
        if not self.answers_pings:
            await asyncio.Event().wait()

    async def close(self) -> None:
        self.abort()

    def abort(self) -> None:
        if self.is_open:
            self.is_open = False
            self.cut()


class Peer:
    """The other side, and what came of listening to it."""

    def __init__(self, rules: LinkRules | None = None) -> None:
        self.time = HandMovedTime()
        self.lines: list[Line] = []
        self.refusals: list[Exception] = []
        self.states: list[LinkState] = []
        self.heard: list[Message] = []
        self.connect: Callable[[], Awaitable[Line]] = self.make
        self.connection = Reconnecting(
            self.connected,
            peer="acme",
            rules=rules or LinkRules(),
            timer=self.time.timer,
            on_state=self.states.append,
        )

    async def make(self) -> Line:
        if self.refusals:
            raise self.refusals.pop(0)
        self.lines.append(Line())
        return self.lines[-1]

    async def connected(self) -> Line:
        return await self.connect()

    async def listen(self) -> None:
        async for message in self.connection.messages():
            self.heard.append(message)

    @property
    def phases(self) -> list[str]:
        return [state.phase for state in self.states]


def with_peer(story: Callable[[Peer], Coroutine[Any, Any, None]], rules: LinkRules | None) -> Peer:
    """Listen to a peer while a story happens, and let go of it at the end."""

    async def told() -> Peer:
        peer = Peer(rules)
        listening = asyncio.create_task(peer.listen())
        await settled()
        await story(peer)
        await settled()
        if not listening.done():
            await peer.connection.close()
        await listening
        return peer

    return asyncio.run(told())


def test_messages_of_one_connection_after_the_other() -> None:
    async def story(peer: Peer) -> None:
        peer.lines[0].say("a", "b")
        peer.lines[0].cut()
        await peer.time.move(2)
        peer.lines[1].say(b"c")

    peer = with_peer(story, None)
    assert peer.heard == ["a", "b", b"c"]
    assert peer.phases == ["connecting", "live", "lost", "connecting", "live", "live", "closed"]
    lost = peer.states[2]
    assert (lost.failures, lost.connections, 1 <= lost.wait_s <= 2) == (1, 1, True)
    assert LOST in lost.reason
    assert (peer.states[4].failures, peer.states[5].failures) == (1, 0)
    assert not any(line.is_open for line in peer.lines)


def test_waits_double_up_to_the_longest_and_begin_anew_after_a_message() -> None:
    # Wait n lies between 1 and 1 + min(15, 2^(n-1)) seconds.
    ceilings = [2, 3, 5, 9, 16, 16, 16]
    busy = VendorUnavailable(vendor="acme", request="a connection", reason="HTTP 503")

    async def story(peer: Peer) -> None:
        peer.refusals = [busy] * (len(ceilings) - 1)
        peer.lines[0].cut()
        await peer.time.move(16 * len(ceilings))
        peer.lines[1].say("back")
        await settled()
        peer.lines[1].cut()

    peer = with_peer(story, None)
    waits = [state.wait_s for state in peer.states if state.phase == "lost"]
    assert [1 <= wait <= top for wait, top in zip(waits, [*ceilings, 2], strict=True)] == [True] * 8
    assert len(set(waits)) == 8, "waits are drawn"


def test_the_same_seed_waits_the_same_times() -> None:
    async def story(peer: Peer) -> None:
        for _ in range(3):
            peer.lines[-1].cut()
            await peer.time.move(16)

    def waits(seed: int) -> list[float]:
        return [state.wait_s for state in with_peer(story, LinkRules(seed=seed)).states]

    assert waits(1) == waits(1) != waits(2)


def test_silence_is_asked_about_and_a_sign_of_life_keeps_the_connection() -> None:
    async def story(peer: Peer) -> None:
        await peer.time.move(29)
        assert peer.lines[0].pings == 0
        await peer.time.move(1)
        assert peer.lines[0].pings == 1
        await peer.time.move(240)  # every 30 s another one: at 60, …, 270
        assert peer.lines[0].pings == 9

    assert len(with_peer(story, None).lines) == 1


def test_a_connection_without_a_sign_of_life_is_dead_after_the_timeout() -> None:
    async def story(peer: Peer) -> None:
        peer.lines[0].answers_pings = False
        await peer.time.move(20)
        peer.lines[0].say("a")  # silence begins here
        await settled()
        await peer.time.move(59)
        assert peer.lines[0].is_open
        await peer.time.move(1)
        assert not peer.lines[0].is_open
        await peer.time.move(2)
        assert len(peer.lines) == 2

    lost = next(state for state in with_peer(story, None).states if state.phase == "lost")
    assert lost.reason == "no sign of life for 60 s"


def test_an_attempt_that_hangs_fails_after_the_timeout() -> None:
    async def story(peer: Peer) -> None:
        async def hanging() -> Line:
            await asyncio.Event().wait()
            raise AssertionError("it hangs")

        peer.connect = hanging
        peer.lines[0].cut()
        await peer.time.move(2)
        peer.connect = peer.make
        await peer.time.move(60)
        await peer.time.move(3)

    peer = with_peer(story, None)
    reasons = [state.reason for state in peer.states if state.phase == "lost"]
    assert len(peer.lines) == 2
    assert "no connection within 60 s" in reasons[1]


def test_a_connection_that_lives_but_says_nothing_is_stale_once() -> None:
    async def story(peer: Peer) -> None:
        await peer.time.move(299)
        assert "stale" not in peer.phases
        await peer.time.move(1)
        assert peer.phases[-1] == "stale"
        await peer.time.move(1_000)
        peer.lines[0].say("a")

    peer = with_peer(story, None)
    assert peer.phases == ["connecting", "live", "stale", "live", "closed"]
    assert peer.states[2].reason == "no message for 300 s"


def test_silence_does_not_count_while_the_consumer_is_busy() -> None:
    async def told() -> list[str]:
        peer = Peer()
        messages = peer.connection.messages()
        reading = asyncio.ensure_future(anext(messages))
        await settled()
        peer.lines[0].answers_pings = False
        peer.lines[0].say("a", "b")
        assert await reading == "a"
        await peer.time.move(1_000)
        assert await anext(messages) == "b"
        await peer.connection.close()
        return peer.phases

    assert asyncio.run(told()) == ["connecting", "live"]


def test_it_is_given_up_after_so_many_failures_in_a_row() -> None:
    async def story(peer: Peer) -> None:
        peer.refusals = [ConnectionRefusedError("nobody listens")] * 5
        peer.lines[0].cut()
        await peer.time.move(100)

    with pytest.raises(RetriesExhausted, match="acme did not answer a connection in 3 tries") as e:
        with_peer(story, LinkRules(attempts=3))
    assert isinstance(e.value.__cause__, ConnectionRefusedError)


def test_an_error_that_is_not_transient_is_raised() -> None:
    async def story(peer: Peer) -> None:
        peer.refusals = [RequestRefused(vendor="acme", request="it", status=401, reason="who?")]
        peer.lines[0].cut()
        await peer.time.move(2)

    with pytest.raises(RequestRefused):
        with_peer(story, None)


@pytest.mark.parametrize("after", [0.0, 0.5, 100.0], ids=["live", "waiting", "connecting"])
def test_closing_ends_it_at_once_in_every_phase(after: float) -> None:
    async def story(peer: Peer) -> None:
        if after:
            peer.connect = asyncio.Event().wait  # type: ignore[assignment] # it only hangs
            peer.lines[0].cut()
            await peer.time.move(after)
        await peer.connection.close()
        await peer.connection.close()

    assert with_peer(story, LinkRules(timeout_s=1_000)).phases[-1] == "closed"


@given(
    st.lists(st.sampled_from(["say", "cut", "1", "31", "61"]), max_size=30),
    st.integers(0, 3),
)
def test_every_message_of_a_living_line_is_heard_once_and_in_order(
    steps: list[str], seed: int
) -> None:
    said: list[str] = []

    async def story(peer: Peer) -> None:
        for step in steps:
            if step == "say" and peer.lines[-1].is_open:
                said.append(str(len(said)))
                peer.lines[-1].say(said[-1])
            elif step == "cut":
                peer.lines[-1].cut()
                await peer.time.move(16)
            elif step.isdigit():
                await peer.time.move(int(step))
            await settled()

    peer = with_peer(story, LinkRules(seed=seed))
    assert peer.heard == said
    assert peer.states[-1].phase == "closed"


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"heartbeat_s": -1.0}, "heartbeat_s was -1.0; give 0 or more"),
        ({"timeout_s": 30.0}, "timeout_s was 30.0; give more than the heartbeat of 30 s"),
        ({"wait_max_s": 0.5}, "wait_max_s was 0.5; give the shortest wait of 1 s or more"),
        ({"attempts": 0}, "attempts was 0; give 1 or more"),
    ],
)
def test_rules_that_cannot_be_are_refused(rules: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        LinkRules(**rules)
    assert str(refused.value) == message
