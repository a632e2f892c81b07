"""Words of where addresses are known from."""

from caseline.feedback.known_addresses import Source, Whence
from caseline.web.language import Texts


def source(texts: Texts, one: Source) -> str:
    """From where an address is known."""
    at = texts.day(one.at) if one.at else ""
    if one.whence is Whence.COMPANY:
        return texts.say("card of the company %(name)s", name=one.name)
    if one.whence is Whence.CONTACT:
        return texts.say("card of the contact %(name)s", name=one.name)
    if one.whence is Whence.ANSWERED:
        return texts.say("answered a question there on %(at)s", at=at)
    if one.whence is Whence.WROTE:
        return texts.say("wrote to us on %(at)s", at=at)
    return texts.say("we wrote there on %(at)s", at=at)
