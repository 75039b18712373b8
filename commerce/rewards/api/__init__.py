"""Points, rewards, referrals and games over HTTP."""

from commerce.rewards.api.catalogue import RewardCollection, RewardRedemption, TakenRewards
from commerce.rewards.api.games import GameCollection, GameLeaderboard, PlayCollection, PlayDetail
from commerce.rewards.api.points import CheckIn, Nickname, Points, PointsEntries
from commerce.rewards.api.referrals import Invitations, Referrals

__all__ = [
    "CheckIn",
    "GameCollection",
    "GameLeaderboard",
    "Invitations",
    "Nickname",
    "PlayCollection",
    "PlayDetail",
    "Points",
    "PointsEntries",
    "Referrals",
    "RewardCollection",
    "RewardRedemption",
    "TakenRewards",
]
