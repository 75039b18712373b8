-- The same text becomes the same one for a person, so that visits are cut and pages counted as before.
'erased-' || left(encode(sha256(convert_to(%(salt)s || texts.value, 'UTF8')), 'hex'), 12)
