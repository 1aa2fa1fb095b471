"""Statistics that several stages need: numbers in, numbers out. No Django, no database, no random state.

One file per purpose. Intervals are two-sided 95 % unless said otherwise; what is undefined is None, never
0 or NaN. Weights are 1 / pi. scipy.special only: importing scipy.stats takes two seconds.
"""
