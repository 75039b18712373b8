if(
    tupleElement(deed, 3)[{place}] AND notEmpty(tupleElement(known[{earlier}], 1))
        AND tupleElement(deed, 1) <= tupleElement(known[{earlier}], 1)[1] + {{window_microseconds: }},
    arrayPushBack(tupleElement(known[{earlier}], 1), tupleElement(deed, 1)), []
)
