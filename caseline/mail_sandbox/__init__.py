"""A mail server on this machine: what is sent to it by SMTP lies in mailboxes that are read by IMAP; in memory only."""

from caseline.mail_sandbox.sending import send
from caseline.mail_sandbox.serving import Options, Running, serve

__all__ = ["Options", "Running", "send", "serve"]
