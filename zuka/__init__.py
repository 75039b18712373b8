"""The whole: what is set, where it answers, what runs when, and how it is started."""

import gc

# A process makes some 200,000 objects while it loads, and they stay: to look through them every 700 took 8 % of its
# start. Under load web spent 5 % of its time so.
gc.set_threshold(10_000)
