"""The phrasings that the injection detector knows, English and German, whatever their case.

A rule is tried only where each of its `needs` occurs somewhere: words are found in one cheap pass over the
text, and what may stand between them is only looked at then.
"""

from collections.abc import Sequence
from typing import NamedTuple

from queues.score.detector import LOW, MEDIUM

# Some words of the same sentence, counted in words: the automaton stays small whatever the text.
_GAP = r"[,:;\"')\]]{{0,2}}(?:\s+[^\s.!?]+){{0,{words}}}?\s+[\"'(*_\[<]{{0,3}}"
_NEAR, _FAR = _GAP.format(words=6), _GAP.format(words=12)
_END = "[a-zäöüß]*"  # of a German word

_DROP = (
    r"\b(?:ignore|disregard|forget|override|overrule|overwrite|bypass|abandon|discard|do not follow"
    r"|don't follow"
    r"|stop following|stop obeying|pay no attention to|neglect|cancel|erase|delete|reset)\b"
)
_EARLIER = r"\b(?:previous|prior|above|earlier|preceding|foregoing|existing|initial|original|former|past)\b"
_ALL = r"\b(?:first|system|all|any|your|my|these|those|other)\b"
_ORDERS = (
    r"\b(?:instructions?|prompts?|rules?|guidelines?|guidance|directions?|directives?|commands?|orders?"
    r"|constraints?"
    r"|restrictions?|polic(?:y|ies)|programming|training|messages?|context|conversation|tasks?|requests?)\b"
)
_TELL = (
    r"\b(?:reveal|show|print|repeat|output|display|tell|give|share|leak|disclose|write|expose|dump"
    r"|recite|summari[sz]e"
    r"|translate|spell|encode|copy|list|say|echo|guess|provide|confirm|verify|what (?:is|are|was|were"
    r"|does)|what's)\b"
)
_LIMITS = (
    r"(?:restrictions?|rules?|limits?|limitations?|filters?|guidelines?|censorship|ethics|morals?"
    r"|policies|safety)\b"
)
_BE = (
    r"\b(?:you are|you're now|act as|acting as|pretend|imagine|simulate|role-?play|from now on|become"
    r"|behave|respond"
    r"|answer|reply)\b"
)
_FREE = (
    r"\b(?:do anything now|jailbr[a-z]+|unfiltered|unrestricted|uncensored|amoral|not bound by"
    r"|evil (?:ai|twin|version)"
    rf"|(?:no|without(?: any)?|free (?:of|from)(?: all| any)?) (?:[a-z]+ )?{_LIMITS})"
)
_MODE = (
    r"(?:developer|debug(?:ging)?|god|sudo|admin(?:istrator)?|root|jailbreak|dan|unrestricted|override"
    r"|diagnostic"
    r"|maintenance|system|unsafe)[ \-]mode\b"
)
_MAKER = r"(?:developer|creator|administrator|admin|owner|maker|programmer|engineer)\b"
_SEND = (
    r"\b(?:append|include|embed|encode|insert|add|send|post|exfiltrate|forward|upload|transmit|submit"
    r"|leak|put)\b"
)
_PRIVATE = (
    r"\b(?:conversation|chat(?: history| log)?|history|user(?:'s)? (?:data|details|input|e-?mails?"
    r"|information)|credentials"
    r"|passwords?|api keys?|secrets?|personal (?:data|information)|previous messages)\b"
)
_WHERE = r"\b(?:url|link|image|https?:|e-?mail|webhook|endpoint|query (?:string|parameter)|server|address)"
_CODES = (
    r"\b(?:base ?-?64|rot ?-?13|caesar(?: cipher)?|hex(?:adecimal)?|morse(?: code)?|binary|leetspeak"
    r"|reversed?|backwards"
    r"|cipher(?:ed)?|encoded|encrypted|ascii)\b"
)
_OBEY = r"\b(?:execute|follow|obey|carry out|comply|run (?:it|this|the)|act on|do (?:it|what))\b"

_DROP_DE = (
    rf"(?:ignorier{_END}|vergiss|vergesst|vergessen sie|missacht{_END}|überschreib{_END}|verwirf"
    rf"|umgeh{_END}|übergeh{_END})"
)
_ORDERS_DE = (
    rf"(?:anweisung{_END}|instruktion{_END}|regeln?|vorgaben?|befehl{_END}|prompts?|richtlinien?|gesagt"
    rf"|davor|oben)\b"
)
_EARLIER_DE = (
    rf"(?:vorherig{_END}|bisherig{_END}|vorigen?|vorangegangen{_END}|obig{_END}|früher{_END}|alles?"
    rf"|sämtlich{_END}"
    r"|deine|ihre|jede)\b"
)
_TELL_DE = (
    rf"\b(?:zeig{_END}|nenn{_END}|verrat{_END}|wiederhol{_END}|gib|druck{_END}|schreib{_END}|sag{_END}"
    rf"|wie (?:lautet|ist)|was ist"
    rf"|was steht in|übersetz{_END})\b"
)
_LIMITS_DE = rf"(?:regeln|einschränkung{_END}|filter|grenzen|zensur|richtlinien)\b"
_BE_DE = (
    r"(?:du bist (?:jetzt|nun|ab jetzt|ab sofort)|tu so,? als|verhalte dich|stell dir vor"
    r"|spiele? die rolle)\b"
)


class Rule(NamedTuple):
    """One phrasing. severity: when a user says it; in documents and outputs medium counts as high."""

    category: str
    severity: int
    needs: tuple[str, ...]
    pattern: str


RULES: Sequence[Rule] = (
    Rule(
        "injection_override",
        MEDIUM,
        (_DROP, _ORDERS),
        rf"{_DROP}{_NEAR}(?:{_EARLIER}|{_ALL})(?:{_NEAR}|\s+){_ORDERS}",
    ),
    Rule(
        "injection_override",
        MEDIUM,
        (r"\b(?:forget|ignore|disregard) (?:about )?(?:everything|anything|all|what)\b",),
        r"\b(?:forget|ignore|disregard) (?:about )?(?:everything|anything|all|what)\b"
        r"(?: (?:that |which )?(?:you|i|we|was|were|has|have|is)\b| (?:above|before|else|prior"
        r"|previous)\b| of the above)",
    ),
    Rule(
        "injection_override",
        MEDIUM,
        (_EARLIER, _ORDERS),
        rf"\b(?:regardless of|irrespective of|instead of) (?:all |any |your |the )?{_EARLIER} {_ORDERS}"
        rf"|{_EARLIER} {_ORDERS}{_GAP.format(words=3)}(?:no longer apply|not apply|obsolete|void|a test"
        rf"|suspended|lifted)\b",
    ),
    Rule(
        "injection_override",
        MEDIUM,
        (r"\b(?:your (?:new|real|actual|updated|true|only)|(?:new|updated"
            r"|revised) (?:system )?(?:instructions?|prompt|directives?|orders?))\b",),
        r"\b(?:here (?:are|is)|these are|this is) your (?:new|real|actual|updated"
        r"|true) (?:instructions?|task|orders?|prompt|rules?)\b"
        r"|\b(?:new|updated|revised) (?:system )?(?:instructions?|prompt|directives?|orders?)\s*:"
        r"|\byour (?:new|real|actual|only|true) (?:task|goal|instructions?|purpose|job|objective) (?:is"
        r"|are)\b",
    ),
    Rule(
        "injection_override",
        MEDIUM,
        (_DROP_DE, _ORDERS_DE),
        rf"{_DROP_DE}{_GAP.format(words=3)}{_EARLIER_DE}(?:{_GAP.format(words=3)}|\s+){_ORDERS_DE}",
    ),
    Rule(
        "injection_prompt_leak",
        MEDIUM,
        (_TELL, r"\b(?:prompt|instructions?|messages?|rules|guidelines|configuration|directives?)\b"),
        rf"{_TELL}{_NEAR}(?:(?:system|initial|original|hidden|secret|pre|developer|confidential"
        rf"|internal|starting|first|full|exact"
        r"|entire)[ \-]?){1,3}(?:prompt|instructions?|messages?|rules|guidelines|configuration"
        r"|directives?)\b"
        rf"|{_TELL}(?: me| us)? your (?:prompt|instructions|rules|guidelines|directives)\b",
    ),
    Rule(
        "injection_prompt_leak",
        MEDIUM,
        (_TELL, r"\b(?:above|before|preceding)\b"),
        rf"{_TELL}{_NEAR}(?:everything|all (?:of )?(?:the )?(?:text|words|content)|the (?:text|words"
        rf"|content|sentences?|paragraphs?)"
        r"|what (?:was|is) (?:said|written)) (?:above|before|preceding)\b",
    ),
    Rule(
        "injection_prompt_leak",
        MEDIUM,
        (_TELL, r"\bsecret\b"),
        rf"{_TELL}{_NEAR}secret (?:key|code|word|phrase|password|passcode|number|instructions?"
        rf"|information|message|token)\b",
    ),
    Rule(
        "injection_prompt_leak",
        LOW,
        (_TELL, r"\bthe (?:[a-z]+ )?(?:password|passcode|passphrase)\b"),
        rf"{_TELL}(?: [a-z]+){{0,3}}? the (?:secret |admin |root |system |master )?(?:password|passcode"
        rf"|passphrase)\b",
    ),
    Rule(
        "injection_prompt_leak",
        MEDIUM,
        (_TELL_DE, r"(?:prompt|anweisung|regeln|vorgaben|schlüssel|nachricht)"),
        rf"{_TELL_DE}{_NEAR}(?:system-?\s?(?:prompt|anweisung{_END}|nachricht)|deine (?:anweisungen"
        rf"|regeln|vorgaben)"
        rf"|(?:ursprünglich|geheim|versteckt|intern|anfänglich){_END} (?:anweisung{_END}|prompt|regeln"
        rf"|schlüssel|vorgaben))",
    ),
    Rule(
        "injection_prompt_leak",
        LOW,
        (_TELL_DE, r"\bdas (?:geheime )?(?:passwort|kennwort)\b"),
        rf"{_TELL_DE}(?: [a-zäöüß]+){{0,2}}? das (?:geheime )?(?:passwort|kennwort)\b",
    ),
    Rule("injection_role_play", MEDIUM, (_BE, _FREE), rf"{_BE}(?:{_FAR}|\s+){_FREE}"),
    Rule("injection_role_play", MEDIUM, (r"\bdo anything now\b",), r"\bdo anything now\b"),
    Rule(
        "injection_role_play",
        MEDIUM,
        (_MODE,),
        r"\b(?:enter|enable|activate|switch (?:in)?to|turn on|you are (?:now )?in|go into|boot into"
        r"|start|initiate|engage)\b"
        rf"(?: the| a| your)? ?(?:[a-z]+ )?{_MODE}|\b{_MODE}(?: is)?(?: now)?(?: enabled| activated"
        rf"| engaged| on\b|: ?on\b| initiated|:)"
        rf"|[<\[({{]{_MODE}[>\])}}]|\bentering (?:[^\s.!?]+\s){{0,3}}?[\"']?(?:[a-z]+ )?{_MODE}",
    ),
    Rule(
        "injection_role_play",
        LOW,
        (rf"\b(?:i am|i'm|this is|as) (?:your|the) {_MAKER}",),
        rf"\b(?:i am|i'm|this is|as) (?:your|the) {_MAKER}{_FAR}(?:need|want|order|command|require"
        rf"|have to|must|authori[sz]ed?)\b",
    ),
    Rule(
        "injection_role_play",
        MEDIUM,
        (_BE_DE, _LIMITS_DE),
        rf"{_BE_DE}(?:{_FAR}|\s+)(?:ohne (?:jegliche |alle )?|keine ){_LIMITS_DE}|(?:entwickler|debug"
        rf"|admin|gott)-?modus (?:ist )?(?:aktiv|eingeschaltet)",
    ),
    Rule(
        "injection_data_leak",
        MEDIUM,
        (_SEND, _PRIVATE, _WHERE),
        rf"{_SEND}(?:{_NEAR}|\s+){_PRIVATE}(?:{_NEAR}|\s+){_WHERE}",
    ),
    Rule(
        "injection_data_leak",
        MEDIUM,
        (r"\]\(\s{0,4}https?://[^\s)]*\?",),
        r"!\[[^\]\n]{0,100}\]\(\s{0,4}https?://[^\s)?]+\?[^\s)=]*=(?:[^\s)]{40}|[^\s){$\[<%]*(?:\{|\$\{"
        r"|\[[a-z_]+\]|<[a-z_]+>|%7B))",
    ),
    Rule(
        "injection_markup",
        MEDIUM,
        (r"<\||\[/?inst\]|<</?sys>>|</?(?:system|instruction|admin)|<start_of_turn>|\[(?:system|admin"
            r"|developer)|\bsystem (?:prompt|message|override|command|instruction)",),
        r"<\|(?:im_start|im_end|im_sep|system|user|assistant|endoftext|end_of_turn|start_header_id"
        r"|end_header_id|eot_id|begin_of_text)\|>"
        r"|\[/?INST\]|<</?SYS>>|</?(?:system|system_prompt|instructions?|admin)>|<start_of_turn>"
        r"|\[(?:system|admin|developer)(?: (?:message|prompt|note))?\](?:\(#\w+\))?"
        r"|\b(?:begin|end|start) (?:of )?(?:system|new) (?:prompt|message|instructions?)\b"
        r"|\bsystem (?:override|command|prompt|instruction)\s*:",
    ),
    Rule("injection_encoded", LOW, (_CODES, _OBEY), rf"{_CODES}(?:{_FAR}|\s+)(?:decode|{_OBEY})"),
    Rule(
        "injection_encoded",
        LOW,
        (r"\b(?:decode|decipher|decrypt|unscramble)\b",),
        rf"\b(?:decode|decipher|decrypt|unscramble)\b(?:{_NEAR}|\s+)(?:{_OBEY}|instructions?\b)",
    ),
)  # fmt: skip
