"""Who comes in, when and from where: the beginnings of visits."""

from __future__ import annotations

from datetime import date

from analytics.people.sessions import TURN
from analytics.registry.types import Flag
from zuka.demo.draws import endless, random_for
from zuka.demo.moments import HOUR_MS, MINUTE_MS, millisecond_of
from zuka.demo.people import Crowd, Visitor
from zuka.demo.tables.places import PLACES
from zuka.demo.tables.visits import (
    APP_CHANNELS,
    BOT,
    CHANNELS,
    DIRECT,
    INVITATION,
    NEWSLETTER,
    WEEKEND_HOURS,
    WORKDAY_HOURS,
    Channel,
)
from zuka.demo.telling import Campaign, Pauses, Session
from zuka.platform.clock import day_bounds

BOT_SHARE = 0.009
# A second link within the half hour, for example a message that is opened during a visit: a visit of its own.
TEMPTED = 0.006
# Of those who were signed in, who finds themselves signed out the next time, in a browser.
FORGOTTEN = 0.3
SATURDAY, DAY_HOURS = 5, 24


def starts(day: date, count: int, *, seed: int) -> list[int]:
    """Return when a day's visits begin, in order. None begins in the half hour before visits are cut."""
    start_ms = millisecond_of(day_bounds(day)[0])
    hours = WEEKEND_HOURS if day.weekday() >= SATURDAY else WORKDAY_HOURS
    rng = random_for(seed, f"starts {day}")
    before_turn = TURN.hour - 1
    drawn = rng.choices(range(DAY_HOURS), hours, k=count)
    lengths = (HOUR_MS // 2 if hour == before_turn else HOUR_MS for hour in drawn)
    return sorted(
        start_ms + hour * HOUR_MS + int(rng.random() * length) for hour, length in zip(drawn, lengths, strict=True)
    )


def next_turn(ms: int) -> int:
    """Return the next millisecond at which every visit is cut. The shop's hour is one ahead of UTC all year."""
    day_ms, turn_ms = DAY_HOURS * HOUR_MS, (TURN.hour - 1) * HOUR_MS
    return ms - (ms - turn_ms) % day_ms + day_ms


class Doors:
    """Opens visits."""

    def __init__(self, pauses: Pauses, *, crowd: Crowd, seed: int) -> None:
        self.pauses, self.crowd, self.rng = pauses, crowd, random_for(seed, "doors")
        self.channels = endless(self.rng, [(channel, channel.weight) for channel in CHANNELS])
        self.app_channels = endless(self.rng, [(channel, channel.weight) for channel in APP_CHANNELS])

    def open(self, campaign: str, *, start_ms: int) -> Session:
        """Return a new visit of a person, or now and then of a bot, while the shop runs a campaign."""
        if self.rng.random() < BOT_SHARE:
            visitor = Visitor(self.crowd.new_id(), BOT, PLACES[0])
            return self.step_in(visitor, DIRECT, {}, start_ms=start_ms, flags=int(Flag.BOT))
        visitor = self.crowd.send(at_ms=start_ms)
        channel = next(self.channels if visitor.device.platform == "web" else self.app_channels)
        return self.step_in(visitor, channel, self.link(channel, campaign), start_ms=start_ms)

    def invite(self, visitor: Visitor, *, start_ms: int) -> Session:
        """Return the visit of somebody whom a message asked to review, or who came by themselves."""
        channel = INVITATION if self.rng.random() < 0.6 else DIRECT
        return self.step_in(visitor, channel, self.link(channel, ""), start_ms=start_ms)

    def tempt(self, session: Session, campaign: str) -> Session | None:
        """Return a second visit right after one in a browser, by a link of another campaign; mostly None."""
        if self.rng.random() > TEMPTED or session.flags or session.is_app or session.channel is NEWSLETTER:
            return None
        start_ms = session.ms + self.rng.randrange(MINUTE_MS, 10 * MINUTE_MS)
        if start_ms + 40 * MINUTE_MS > session.end_ms:
            return None
        return self.step_in(session.visitor, NEWSLETTER, self.link(NEWSLETTER, campaign), start_ms=start_ms)

    def link(self, channel: Channel, campaign: str) -> Campaign:
        """Return what the link of a channel says: its campaign, what the advert was bought for, a click id."""
        if channel.source is None or channel.medium is None:
            return {}
        named = channel.campaign or campaign
        said = {"utm_source": channel.source, "utm_medium": channel.medium, "utm_campaign": named}
        if channel.terms:
            said["utm_term"] = self.rng.choice(channel.terms)
        if channel.medium == "paid_social":
            said["utm_content"] = self.rng.choice(("video", "carousel"))
        if channel.click:
            said["click_id"] = f"{channel.click}:{self.rng.getrandbits(80):020x}"
        return said

    def step_in(
        self, visitor: Visitor, channel: Channel, landing: Campaign, *, start_ms: int, flags: int = 0
    ) -> Session:
        """Return a visit that begins now and ends at the next turn at the latest."""
        return Session(
            self.pauses,
            visitor=visitor,
            channel=channel,
            landing=landing,
            session_id=self.crowd.new_id(),
            start_ms=start_ms,
            end_ms=next_turn(start_ms) - 1,
            flags=flags,
        )

    def forget(self, session: Session) -> None:
        """Sign some out after their visit in a browser."""
        visitor = session.visitor
        if visitor.is_signed_in and not session.is_app and self.rng.random() < FORGOTTEN:
            visitor.is_signed_in = False
