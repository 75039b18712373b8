-- Plays of the shop's games that have ended, by when they began; those that nobody ends are forgotten. Those of staff and test accounts are never counted.
SELECT
    commerce_game_play.game,
    commerce_game_play.user_id,
    commerce_game_play.status,
    commerce_game_play.score,
    commerce_game_play.points,
    commerce_game_play.started_at
FROM commerce_game_play
JOIN commerce_user ON commerce_user.id = commerce_game_play.user_id
WHERE commerce_game_play.status <> 'open' AND NOT (commerce_user.is_staff OR commerce_user.is_test)
