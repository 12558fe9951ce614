"""A webhook receiver on this machine: a real server, for tools that deliver to a URL."""

from __future__ import annotations

from autogen_harness.cassettes.services.webhook.delivery import WebhookDelivery as WebhookDelivery
from autogen_harness.cassettes.services.webhook.receiver import Receiver as Receiver
from autogen_harness.cassettes.services.webhook.webhook import Webhook as Webhook
