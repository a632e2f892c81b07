"""A Bitrix24 portal to develop and test against, on this machine; shares nothing with the house, so it can judge it."""

from caseline.portal_sandbox.judge import Judge
from caseline.portal_sandbox.options import Options, Webhook
from caseline.portal_sandbox.serving import Running, running, serve

__all__ = ["Judge", "Options", "Running", "Webhook", "running", "serve"]
