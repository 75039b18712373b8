-- What people have said to their pets, by the persona they spoke with; those of staff and test accounts never count.
SELECT
    pets_message.id AS message_id,
    pets_conversation.id AS conversation_id,
    pets_conversation.persona,
    pets_user_pet.user_id::text AS user_id,
    pets_message.text,
    pets_message.is_understood,
    pets_message.created_at
FROM pets_message
JOIN pets_conversation ON pets_conversation.id = pets_message.conversation_id
JOIN pets_user_pet ON pets_user_pet.id = pets_conversation.pet_id
JOIN commerce_user ON commerce_user.id = pets_user_pet.user_id
WHERE pets_message.role = 'user' AND NOT (commerce_user.is_test OR commerce_user.is_staff)
