-- What pets have done, were refused or failed at, for people who are neither staff nor test accounts.
SELECT
    pets_action.id AS action_id,
    pets_action.tool,
    pets_action.status,
    pets_action.code,
    pets_conversation.persona,
    pets_action.created_at
FROM pets_action
JOIN pets_conversation ON pets_conversation.id = pets_action.conversation_id
JOIN pets_user_pet ON pets_user_pet.id = pets_conversation.pet_id
JOIN commerce_user ON commerce_user.id = pets_user_pet.user_id
WHERE NOT (commerce_user.is_test OR commerce_user.is_staff)
