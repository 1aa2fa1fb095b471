"""How large a record and its parts may be. Checked before anything is built from them."""

MIB = 1024 * 1024

BODY_BYTES = 16 * MIB  # one request, as sent and unpacked
BATCH_RECORDS = 1_000
RECORD_BYTES = MIB  # compact JSON in UTF-8
OUTPUT_CHARACTERS = 200_000  # code points
METADATA_BYTES = 16 * 1024

DEPTH = 64  # levels of lists and objects inside a free-form value
OBJECT_KEYS = 1_000
INTEGER_MIN, INTEGER_MAX = -(2**63), 2**64 - 1

MESSAGES = 200
PARTS = 200  # of one message
SAMPLES = 20
JUDGES = 20
GUARDRAILS = 50
DOCUMENTS = 200
TOOLS = 200
TOKENS = 8_192
TOP_LOGPROBS = 20
TAGS = 50
TAG_CHARACTERS = 100
COHORT_KEYS = 20
NAME_CHARACTERS = 200

FAULTS_REPORTED = 100
"""A record wrong in more places than this names the first ones only."""

COMMENT_CHARACTERS = 10_000  # of one comment of an end user
REASON_CODES = 50
CHOICES = 1_000  # the highest index of a preferred candidate
WAITING_PER_PREDICTION = 1_000
"""Events that may wait for one prediction that has not arrived: its arrival has to join them all."""

TARGETS = 20  # right answers of one golden item
TARGET_CHARACTERS = 20_000
PATTERN_CHARACTERS = 1_000
