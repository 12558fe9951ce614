"""For tests of autogen-agentchat: a model client that needs no provider's package.

    from autogen_harness.agentchat import ScriptedModelClient

Agents that hold an ``OpenAIChatCompletionClient`` do not need it: that one is answered from the script as it is.
"""

from __future__ import annotations

from autogen_harness.adapters.agentchat_client import ScriptedModelClient

__all__ = ["ScriptedModelClient"]
