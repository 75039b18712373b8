EXISTS (
    SELECT FROM unnest(%(words)s::text[]) AS words (word) WHERE position(word IN lower(texts.value)) > 0
) OR texts.value ~ '[^@ ](@|%%40)[^@ ]+[.]'
