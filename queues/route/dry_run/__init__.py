"""Dry runs: what a policy would have sent of the last predictions, without sending anything.

asking    somebody asks, or asks no more
run       the job: walks through the predictions and stores its report
walk      the predictions in the order and in the batches in which they arrived, a part at a time
past      what the rules would have seen then: scores, ranks, facts
counting  the decisions of the policy, and of the one in force
tally     counts what the decisions were
pace      how much the people of each queue do in a day, and what waits for them
report    the answer, dry_run/1
"""
