if(
    tupleElement(deed, 3)[1] AND tupleElement(deed, 1) < toUnixTimestamp64Micro({{end: }}), [tupleElement(deed, 1)], []
)
