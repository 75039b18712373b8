"""Tables of points, levels, rewards, referrals and games."""

from commerce.rewards.models.catalogue import Reward, UserReward
from commerce.rewards.models.games import GamePlay, GameScore, Period, PlayStatus
from commerce.rewards.models.ledger import AdjustmentStatus, PointsAdjustment, PointsEntry, PointsLot
from commerce.rewards.models.people import Referral, ReferralStatus, RewardProfile

__all__ = [
    "AdjustmentStatus",
    "GamePlay",
    "GameScore",
    "Period",
    "PlayStatus",
    "PointsAdjustment",
    "PointsEntry",
    "PointsLot",
    "Referral",
    "ReferralStatus",
    "Reward",
    "RewardProfile",
    "UserReward",
]
