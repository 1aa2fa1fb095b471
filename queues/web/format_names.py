"""What the formats of datasets are called, for people, by what they are for."""

from django.utils.translation import gettext_lazy as _

GROUPED = (
    (
        _("Fine-tuning"),
        (
            ("trl_sft", _("TRL SFT: conversations")),
            ("trl_sft_prompt_completion", _("TRL SFT: prompt and completion")),
            ("openai_chat", _("OpenAI fine-tuning: conversations")),
            ("alpaca", _("Alpaca (LLaMA-Factory)")),
            ("sharegpt", _("ShareGPT (LLaMA-Factory)")),
        ),
    ),
    (
        _("Preferences"),
        (
            ("trl_dpo", _("TRL DPO: corrected against original")),
            ("trl_dpo_implicit", _("TRL rewards: whole conversations, corrected against original")),
            ("trl_kto", _("TRL KTO: approved or not")),
            ("openai_preference", _("OpenAI preferences: corrected against original")),
        ),
    ),
    (
        _("Golden answers, to test models with"),
        (
            ("golden", _("inspect_ai")),
            ("lm_eval", _("lm-evaluation-harness: single questions")),
            ("promptfoo", _("promptfoo: single questions")),
            ("openai_evals", _("openai/evals")),
        ),
    ),
    (_("Everything"), (("neutral", _("Neutral: all that is known, with a table and a view")),)),
)
FORMATS = tuple(choice for _group, choices in GROUPED for choice in choices)
