"""The brain that asks a language model: any endpoint that speaks the protocol of OpenAI or of Anthropic."""

from pets.brains.llm.asking import LanguageModel
from pets.brains.llm.wire import Endpoint, read_endpoint

__all__ = ["Endpoint", "LanguageModel", "read_endpoint"]
