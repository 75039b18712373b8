"""What signed-in customers do beside shopping: wish, check in, play, take rewards, ask friends to come."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random

import msgspec

from commerce.cart.models import Wishlist
from commerce.rewards.models import GamePlay, GameScore, Period, PlayStatus, RewardProfile
from commerce.rewards.services.boards import board_at
from commerce.rewards.services.games import GAMES
from commerce.rewards.services.games.wheel import SEGMENTS
from commerce.rewards.services.naming import LETTERS
from commerce.rewards.services.rules import RULES, SEVENTH_DAY, xp_for
from zuka.demo.draws import random_for, random_uuid
from zuka.demo.people import Customer
from zuka.demo.purses import Purses
from zuka.demo.shelf import REWARDS, Offer
from zuka.demo.tables.pastimes import CHANNELS, HABITS, Habit
from zuka.demo.telling import Session
from zuka.platform.clock import local_day

encode = msgspec.json.Encoder().encode
# Of visits of signed-in customers, those in which each is done.
CHECKING_IN, PLAYING, REDEEMING, INVITING = 0.22, 0.14, 0.12, 0.02
REFUSED = 0.03
TOO_QUICK = "{score} in {seconds} seconds; nobody is that quick."
WEEKS_KEPT = timedelta(days=14)


class Pastimes:
    """Lets customers pass their time; keeps the unsaved rows of it up to `until`."""

    def __init__(self, *, seed: int, until: datetime, purses: Purses) -> None:
        self.seed, self.until, self.purses = seed, until, purses
        self.wishes: dict[tuple[str, str], Wishlist] = {}
        self.profiles: dict[str, RewardProfile] = {}
        self.plays: list[GamePlay] = []
        self.scores: dict[tuple[str, str, str, date], GameScore] = {}
        self.turns: Counter[tuple[str, str, date]] = Counter()
        self.invited: set[str] = set()

    def wish(self, session: Session, offer: Offer) -> None:
        """Keep a wish of a signed-in customer, each product once."""
        customer = session.customer
        if customer and session.at <= self.until and (customer.ref, offer.ref) not in self.wishes:
            row = Wishlist(user=customer.user, product=offer.variants[0].product, added_at=session.at)
            self.wishes[customer.ref, offer.ref] = row

    def enjoy(self, session: Session, customer: Customer) -> None:
        """Let a customer do what they came for beside shopping, mostly nothing. Each visit has chances of its own."""
        rng = random_for(self.seed, f"pastimes {session.session_id}")
        wants = [rng.random() < share for share in (CHECKING_IN, PLAYING, REDEEMING, INVITING)]
        if not any(wants):
            return
        session.see(REWARDS)
        if wants[0]:
            self.check_in(session, customer, rng)
        for _ in range(rng.choice((1, 1, 2)) if wants[1] else 0):
            self.play(session, customer, rng)
        if wants[2]:
            letters = "".join(rng.choices(LETTERS, k=12))
            session.events.extend(self.purses.take_prize(customer, letters, at=session.at))
        if wants[3]:
            self.invite(session, customer, rng)

    def profile_of(self, customer: Customer, rng: Random) -> RewardProfile:
        """Return a customer's profile; one in three has chosen a nickname."""
        if customer.ref not in self.profiles:
            first = customer.contact.name.split()[0]
            nickname = f"{first} {rng.randrange(1, 100)}"[:20] if rng.random() < 0.3 else ""
            code = "".join(rng.choices(LETTERS, k=8))
            self.profiles[customer.ref] = RewardProfile(user=customer.user, referral_code=code, nickname=nickname)
        return self.profiles[customer.ref]

    def check_in(self, session: Session, customer: Customer, rng: Random) -> None:
        """Count a day in a row."""
        profile, today, at = self.profile_of(customer, rng), local_day(session.at), session.at
        if profile.streak_date == today or at > self.until:
            return
        goes_on = profile.streak_date == today - timedelta(days=1)
        profile.streak_days, profile.streak_date = profile.streak_days + 1 if goes_on else 1, today
        rule = RULES["streak"]
        points = SEVENTH_DAY if profile.streak_days % 7 == 0 else rule.points
        source_id = f"{customer.ref}:{today}"
        session.events.extend(self.purses.earn(customer, "streak", source_id, points, xp=rule.xp, at=at))

    def play(self, session: Session, customer: Customer, rng: Random) -> None:
        """Play a game to its end, as often a day as one may."""
        habit = rng.choices(HABITS, [each.weight for each in HABITS])[0]
        game, started_at = GAMES[habit.game], session.at
        seconds, score = rng.randrange(*habit.seconds), draw_score(habit, rng)
        today = (customer.ref, game.name, local_day(started_at))
        self.turns[today] += 1
        if self.turns[today] > game.plays_a_day:
            return
        play = GamePlay(
            id=random_uuid(rng),
            user=customer.user,
            game=game.name,
            nonce=f"{rng.getrandbits(128):032x}",
            state=game.deal(rng),
            started_at=started_at,
            expires_at=started_at + timedelta(seconds=game.max_seconds),
        )
        if started_at <= self.until:
            self.plays.append(play)
        self.tell(session, "game.started", play)
        session.wait(seconds * 1000)
        is_refused = game.is_ranked and rng.random() < REFUSED
        if session.at <= self.until:
            play.finished_at = session.at
            play.status = PlayStatus.REFUSED if is_refused else PlayStatus.FINISHED
        if is_refused:
            play.refusal = TOO_QUICK.format(score=score * 9, seconds=seconds) if play.finished_at else ""
            return
        self.end(session, customer, play, min(score, game.max_score))

    def end(self, session: Session, customer: Customer, play: GamePlay, score: int) -> None:
        """Take the result of a play: points, places on the boards, facts."""
        game, at = GAMES[play.game], session.at
        if at <= self.until:
            play.score = score
        points = game.points_of(score)
        if points:
            before = self.purses.of(customer).points
            earned = self.purses.earn(customer, "game", str(play.pk), points, xp=xp_for(points), at=at)
            play.points = self.purses.of(customer).points - before
            session.events.extend(earned)
        self.tell(session, "game.finished", play, score=score)
        if game.is_ranked:
            self.post(customer, play, score, at=at)
            self.tell(session, "game.score_posted", play, score=score)

    def post(self, customer: Customer, play: GamePlay, score: int, *, at: datetime) -> None:
        """Keep a score where it is its player's best; of days and weeks the latest alone."""
        for period in Period:
            board = board_at(play.game, period, local_day(at))
            key = (customer.ref, play.game, str(period), board.start_date)
            best = self.scores.get(key)
            is_kept = period == Period.ALL or at > self.until - WEEKS_KEPT
            if at <= self.until and is_kept and (best is None or score > best.score):
                self.scores[key] = GameScore(
                    user=customer.user,
                    game=play.game,
                    period=period,
                    start_date=board.start_date,
                    score=score,
                    reached_at=at.replace(microsecond=0),
                )

    def tell(self, session: Session, event_type: str, play: GamePlay, **facts: int) -> None:
        """Have the shop state a step of a play."""
        said = encode({"game": play.game, **facts}).decode()
        session.state(event_type, f"{event_type}:{play.pk}", said, speaker=None)

    def invite(self, session: Session, customer: Customer, rng: Random) -> None:
        """Send one's code to a friend, once a way and day."""
        self.profile_of(customer, rng)
        channel = rng.choices([name for name, _ in CHANNELS], [weight for _, weight in CHANNELS])[0]
        message_id = f"referral.invited:{customer.ref}:{channel}:{session.at:%Y-%m-%d}"
        if message_id not in self.invited:
            self.invited.add(message_id)
            session.state("referral.invited", message_id, encode({"channel": channel}).decode(), speaker=None)


def draw_score(habit: Habit, rng: Random) -> int:
    """Return a score that the game can have: mostly near the usual one."""
    if habit.game == "wheel":
        return rng.choice(SEGMENTS)
    drawn = int(rng.gauss(habit.usual, habit.usual * 0.4))
    least = 100 if habit.game == "memory" else 0
    most = {"memory": 880, "quiz": 500}.get(habit.game, habit.usual * 3)
    return max(min(drawn, most), least) // habit.step * habit.step
