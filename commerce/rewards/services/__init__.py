"""The verbs of points, levels, rewards, referrals and games. Each is one transaction under the customer's row."""

from commerce.rewards.services.adjusting import AdjustmentDecided, OwnAdjustment, adjust_points, decide_adjustment
from commerce.rewards.services.boards import BoardRow, Leaderboard, forget_player, read_leaderboard
from commerce.rewards.services.games import GAMES, Game, UnknownGame, find_game
from commerce.rewards.services.ledger import TooFewPoints, earn_points, points_to_spend, spend_points, take_back_points
from commerce.rewards.services.naming import InvalidNickname, choose_nickname, profile_of, shown_name
from commerce.rewards.services.ordering import (
    PointsDiscount,
    PointsNotTaken,
    lessen_points,
    most_points,
    pay_with_points,
    points_discount,
    return_points,
    settle_points,
)
from commerce.rewards.services.playing import (
    Finished,
    NoSuchPlay,
    PlayedToday,
    PlayOver,
    PlayRefused,
    finish_play,
    start_play,
    token_of,
)
from commerce.rewards.services.redeeming import NoSuchReward, RewardGone, RewardTaken, offered_rewards, redeem_reward
from commerce.rewards.services.referring import (
    NotReferred,
    OwnReferral,
    ReferralDecided,
    UnknownCode,
    decide_referral,
    invite_friend,
    join_by_code,
    qualify_referral,
    referral_link,
    referrer_of,
    waiting_referrals,
)
from commerce.rewards.services.reviewing import reward_review, unreward_review
from commerce.rewards.services.rules import ACHIEVEMENTS, LEVELS, RULES
from commerce.rewards.services.state import PointsState, points_of
from commerce.rewards.services.streaks import check_in
from commerce.rewards.services.watching import drop_unfinished_plays, find_points_drift, lapse_points

__all__ = [
    "ACHIEVEMENTS",
    "GAMES",
    "LEVELS",
    "RULES",
    "AdjustmentDecided",
    "BoardRow",
    "Finished",
    "Game",
    "InvalidNickname",
    "Leaderboard",
    "NoSuchPlay",
    "NoSuchReward",
    "NotReferred",
    "OwnAdjustment",
    "OwnReferral",
    "PlayOver",
    "PlayRefused",
    "PlayedToday",
    "PointsDiscount",
    "PointsNotTaken",
    "PointsState",
    "ReferralDecided",
    "RewardGone",
    "RewardTaken",
    "TooFewPoints",
    "UnknownCode",
    "UnknownGame",
    "adjust_points",
    "check_in",
    "choose_nickname",
    "decide_adjustment",
    "decide_referral",
    "drop_unfinished_plays",
    "earn_points",
    "find_game",
    "find_points_drift",
    "finish_play",
    "forget_player",
    "invite_friend",
    "join_by_code",
    "lapse_points",
    "lessen_points",
    "most_points",
    "offered_rewards",
    "pay_with_points",
    "points_discount",
    "points_of",
    "points_to_spend",
    "profile_of",
    "qualify_referral",
    "read_leaderboard",
    "redeem_reward",
    "referral_link",
    "referrer_of",
    "return_points",
    "reward_review",
    "settle_points",
    "shown_name",
    "spend_points",
    "start_play",
    "take_back_points",
    "token_of",
    "unreward_review",
    "waiting_referrals",
]
